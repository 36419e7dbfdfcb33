import { importPKCS8, SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import type { ServiceAccount } from './service-account.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const LIFETIME_S = 3600;
/** A token is not used in its last minute. */
const EARLY_S = 60;

export const accessTokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() });

export interface GoogleAccessOptions {
  account: ServiceAccount;
  /** Of Google's token endpoint, with an optional prefix, without a final slash. */
  tokenBaseUrl: string;
  /** What the tokens are for: a scope of Google's. */
  scope: string;
  clock: Clock;
  /** Posts a form to the token endpoint. */
  post: (url: string, form: Record<string, string>) => Promise<z.output<typeof accessTokenAnswer>>;
}

/** Access tokens of a service account (RFC 7523), each kept until shortly before its end. */
export class GoogleAccess {
  readonly #o: GoogleAccessOptions;
  #known: { token: string; until: number } | undefined;
  #asking: Promise<{ token: string; until: number }> | undefined;

  constructor(options: GoogleAccessOptions) {
    this.#o = options;
  }

  /** Returns the headers of a request. @throws what the vendor's answer means */
  async headers(): Promise<{ authorization: string }> {
    if (!this.#known || this.#o.clock.now() >= this.#known.until) {
      // Requests at the same time wait for one token.
      this.#asking ??= this.#ask().finally(() => {
        this.#asking = undefined;
      });
      this.#known = await this.#asking;
    }
    return { authorization: `Bearer ${this.#known.token}` };
  }

  async #ask(): Promise<{ token: string; until: number }> {
    const { account, tokenBaseUrl, scope, clock, post } = this.#o;
    const now = clock.now();
    const audience = `${tokenBaseUrl}/token`;
    const assertion = await signAsAccount(account, audience, { scope }, now);
    const answer = await post(audience, { grant_type: GRANT, assertion });
    const lifetimeMs = Math.max(0, answer.expires_in - EARLY_S) * 1000;
    return { token: answer.access_token, until: now + lifetimeMs };
  }

  /** To be called if the token was refused: the next request gets a new one. */
  forget(): void {
    this.#known = undefined;
  }
}

/** Signs claims as a service account. @param now epoch milliseconds */
export async function signAsAccount(
  account: ServiceAccount,
  audience: string,
  claims: Record<string, unknown>,
  now: number,
): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  const header = { alg: 'RS256', ...(account.keyId === null ? {} : { kid: account.keyId }) };
  return new SignJWT(claims)
    .setProtectedHeader(header)
    .setIssuer(account.clientEmail)
    .setSubject(account.clientEmail)
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LIFETIME_S)
    .sign(await importPKCS8(account.privateKey, 'RS256'));
}
