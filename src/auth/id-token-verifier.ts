import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { IssuerAccounts } from './issuer-accounts.ts';
import type { SignedInUsers } from './signed-in-users.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { TokenVerifier, VerifiedToken } from './token-verifier.ts';

/** How far the issuer's clock and this machine's may be apart. */
const CLOCK_SKEW_S = 60;
/** Signatures that an issuer with published keys makes; `none` and shared secrets never count. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'EdDSA',
];
const JWT_SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** A JWT longer than this is not looked at. */
const MAX_TOKEN_LENGTH = 16_384;

/** Asks the issuer whether the user's sign-ins were revoked. */
export interface RevocationCheck {
  /** Sign-ins before this moment count no more, epoch milliseconds; `disabled` ends all of them. */
  validAfter(uid: string): Promise<number | 'disabled'>;
}

export interface IdTokenVerifierOptions {
  issuer: string;
  audience: string;
  keys: SigningKeys;
  /** Maps subjects to users. */
  accounts: IssuerAccounts;
  /** Knows which sign-ins were revoked. */
  users: SignedInUsers;
  /** Null if the issuer cannot be asked. */
  revocation: RevocationCheck | null;
  clock: Clock;
}

/**
 * Accepts the ID tokens of one OpenID Connect issuer (OpenID Connect Core 1.0, 3.1.3.7); Firebase is
 * one, with its project as audience. The user is created at the first sight of its token.
 */
export class IdTokenVerifier implements TokenVerifier {
  readonly #o: IdTokenVerifierOptions;

  constructor(options: IdTokenVerifierOptions) {
    this.#o = options;
  }

  /** See `TokenVerifier`. Throws `provider-unavailable` if the issuer's keys cannot be read. */
  async verify(token: string): Promise<VerifiedToken | null> {
    const claims = await this.#claimsOf(token);
    if (!claims?.sub || !(await this.#stillCounts(claims))) return null;
    const name = typeof claims.name === 'string' ? claims.name : null;
    const uid = await this.#o.accounts.ensure(claims.sub, name);
    return uid === null ? null : { uid };
  }

  /** See `TokenVerifier`; only called with tokens that were accepted. */
  async isRevoked(token: string): Promise<boolean> {
    return !(await this.#stillCounts(decodeJwt(token)));
  }

  /** The claims of a token that is the issuer's and has not expired, else null. */
  async #claimsOf(token: string): Promise<JWTPayload | null> {
    if (token.length > MAX_TOKEN_LENGTH || !JWT_SHAPE.test(token)) return null;
    const now = this.#o.clock.now();
    try {
      const { payload } = await jwtVerify(token, this.#o.keys.resolve, {
        issuer: this.#o.issuer,
        audience: this.#o.audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_SKEW_S,
        currentDate: new Date(now),
        requiredClaims: ['sub', 'exp', 'iat'],
      });
      const latest = now / 1000 + CLOCK_SKEW_S;
      const authTime = authTimeOf(payload);
      return (payload.iat ?? 0) <= latest && authTime <= latest ? payload : null;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      if (error instanceof AppError) throw error;
      // Header or payload that is no JSON.
      if (error instanceof SyntaxError || error instanceof TypeError) return null;
      throw error;
    }
  }

  /** False if the subject has no user, or its sign-in was revoked. */
  async #stillCounts(claims: JWTPayload): Promise<boolean> {
    const account = await this.#o.accounts.find(claims.sub ?? '');
    if (!account) return false;
    const signedInAt = authTimeOf(claims) * 1000;
    if (signedInAt < (await this.#o.users.cutoffOf(account.formerUids))) return false;
    const validAfter = (await this.#o.revocation?.validAfter(account.uid)) ?? 0;
    return validAfter !== 'disabled' && signedInAt >= validAfter;
  }
}

/** When the user signed in, epoch seconds: refreshing a token does not change `auth_time`. */
function authTimeOf(claims: JWTPayload): number {
  return typeof claims.auth_time === 'number' ? claims.auth_time : (claims.iat ?? 0);
}
