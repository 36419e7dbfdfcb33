import type { TokenVerifier, VerifiedToken } from './token-verifier.ts';

/** Tokens that this server gave out begin with this. */
const OWN_PREFIX = 'omi_';

/** This server's own tokens beside those of an outside issuer; each goes to the one it belongs to. */
export class CombinedVerifier implements TokenVerifier {
  readonly #own: TokenVerifier;
  readonly #issued: TokenVerifier;

  constructor(verifiers: { own: TokenVerifier; issued: TokenVerifier }) {
    this.#own = verifiers.own;
    this.#issued = verifiers.issued;
  }

  verify(token: string): Promise<VerifiedToken | null> {
    return this.#of(token).verify(token);
  }

  isRevoked(token: string): Promise<boolean> {
    return this.#of(token).isRevoked(token);
  }

  #of(token: string): TokenVerifier {
    return token.startsWith(OWN_PREFIX) ? this.#own : this.#issued;
  }
}
