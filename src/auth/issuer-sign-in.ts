import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import { randomToken } from '../kernel/ids.ts';
import { parseJson } from '../kernel/json.ts';
import type { Logger } from '../kernel/logger.ts';
import type { IssuerClient } from './issuer-clients.ts';

const LIFETIME_MS = 10 * 60_000;
const SECRET_BYTES = 32;

/** What the browser keeps while its user is at the issuer's page. No script of a page can read it. */
const attemptSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  /** Proof key for the code (RFC 7636). */
  verifier: z.string(),
  /** Page of the console to go to afterwards. */
  next: z.string(),
  expiresAt: z.number(),
});

export interface StartedSignIn {
  /** Where the browser is sent. */
  url: string;
  /** Value of a cookie that comes back with the answer. */
  attempt: string;
  maxAgeS: number;
}

/**
 * Signs a browser in on the issuer's own page: authorization code flow with a proof key (OpenID Connect
 * Core 1.0, 3.1; RFC 7636). The attempt is in a cookie, so that an answer counts only in the browser that
 * has asked.
 */
export class IssuerSignIn {
  readonly #client: IssuerClient;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(options: { client: IssuerClient; clock: Clock; logger: Logger }) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** What the button says. */
  get name(): string {
    return this.#client.name;
  }

  /** @param next path of a page of the console; anything else is ignored */
  async start(callbackUrl: string, next: string | null): Promise<StartedSignIn> {
    const attempt = {
      state: randomToken(SECRET_BYTES),
      nonce: randomToken(SECRET_BYTES),
      verifier: randomToken(SECRET_BYTES),
      next: isOwnPath(next) ? next : '/live',
      expiresAt: this.#clock.now() + LIFETIME_MS,
    };
    const challenge = createHash('sha256').update(attempt.verifier).digest('base64url');
    const { state, nonce } = attempt;
    const url = await this.#client.authorizeUrl({ callbackUrl, state, nonce, challenge });
    return {
      url,
      attempt: Buffer.from(JSON.stringify(attempt)).toString('base64url'),
      maxAgeS: LIFETIME_MS / 1000,
    };
  }

  /**
   * Returns the token of whoever has signed in, and where to go.
   *
   * @throws AppError `bad-request` if the answer is not for this browser, `forbidden` if the issuer has
   *   refused
   */
  async finish(
    answer: { code: string | null; state: string | null; error: string | null },
    cookie: string | undefined,
    callbackUrl: string,
  ): Promise<{ token: string; next: string }> {
    const attempt = readAttempt(cookie);
    const isOurs =
      attempt && attempt.expiresAt > this.#clock.now() && attempt.state === answer.state;
    if (!isOurs) throw new AppError('bad-request', 'This sign-in was not begun here. Begin again.');
    // The issuer's message is not repeated: it came through the browser and may be forged.
    if (answer.error !== null || answer.code === null) {
      throw new AppError('forbidden', 'The sign-in was refused. Begin again.');
    }
    const { verifier, nonce, next } = attempt;
    let token: string;
    try {
      token = await this.#client.exchange({ code: answer.code, callbackUrl, verifier, nonce });
    } catch (error) {
      this.#logger.warn({ error: describeError(error) }, 'sign-in at the issuer failed');
      throw new AppError('forbidden', 'The sign-in could not be finished. Begin again.', {
        cause: error,
      });
    }
    return { token, next };
  }
}

function readAttempt(cookie: string | undefined): z.output<typeof attemptSchema> | null {
  if (cookie === undefined) return null;
  const text = Buffer.from(cookie, 'base64url').toString('utf8');
  return attemptSchema.safeParse(parseJson(text)).data ?? null;
}

/** True for a path on this server: no other site, also not as browsers read `//` and `\`. */
function isOwnPath(path: string | null): path is string {
  return path !== null && /^\/(?![/\\])[^\\\s]*$/u.test(path);
}
