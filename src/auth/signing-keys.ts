import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../kernel/clock.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';

/** Keys are read again after this long, or when the issuer's answer says so, within these bounds. */
const MIN_FRESH_MS = 5 * 60_000;
const MAX_FRESH_MS = 24 * 3_600_000;
const DEFAULT_FRESH_MS = 3_600_000;
/** How long keys are trusted while the issuer cannot be asked. */
const MAX_STALE_MS = 24 * 3_600_000;
/** A token of an unknown key makes the keys be read again, at most this often. */
const COOLDOWN_MS = 30_000;
const FETCH_TIMEOUT_MS = 5_000;

export interface SigningKeysOptions {
  /** Where the issuer's JSON Web Key Set is, asked at the first token. */
  jwksUrl: () => Promise<string>;
  clock: Clock;
  logger: Logger;
  fetch?: typeof fetch;
}

interface Held {
  resolve: JWTVerifyGetKey;
  fetchedAt: number;
  freshUntil: number;
}

/**
 * The public keys of one issuer (RFC 7517). They are kept as long as the issuer allows, read again
 * when a token names a key that is not among them (rotation), and used on for a day if the
 * issuer is unreachable: its outage signs no user out.
 */
export class SigningKeys {
  readonly #o: SigningKeysOptions;
  #held: Held | undefined;
  #attemptedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | undefined;

  constructor(options: SigningKeysOptions) {
    this.#o = options;
  }

  /** For `jwtVerify`. Throws `provider-unavailable` if there are no keys to check with. */
  readonly resolve: JWTVerifyGetKey = async (header, token) => {
    const now = this.#o.clock.now();
    if (!this.#held || now >= this.#held.freshUntil) await this.#refresh();
    try {
      return await this.#usable().resolve(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (now - this.#attemptedAt < COOLDOWN_MS) throw error;
      await this.#refresh();
      return this.#usable().resolve(header, token);
    }
  };

  /** Throws `provider-unavailable` if there are no keys to check with. */
  async check(): Promise<void> {
    if (!this.#held) await this.#refresh();
    this.#usable();
  }

  #usable(): Held {
    const held = this.#held;
    if (held && this.#o.clock.now() - held.fetchedAt <= MAX_STALE_MS) return held;
    throw new AppError('provider-unavailable', "The sign-in service's keys cannot be read.");
  }

  /** One request at a time; if it fails, the known keys are kept. */
  #refresh(): Promise<void> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<void> {
    const now = this.#o.clock.now();
    // While the issuer is down, requests do not queue up behind one attempt each.
    if (this.#held && now - this.#attemptedAt < COOLDOWN_MS) return;
    this.#attemptedAt = now;
    try {
      const request = this.#o.fetch ?? fetch;
      const response = await request(await this.#o.jwksUrl(), {
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const keys = (await response.json()) as JSONWebKeySet;
      this.#held = {
        resolve: createLocalJWKSet(keys),
        fetchedAt: now,
        freshUntil: now + freshnessOf(response.headers.get('cache-control')),
      };
    } catch (error) {
      this.#o.logger.warn({ error: describeError(error) }, 'reading signing keys failed');
    }
  }
}

/** `max-age` of a Cache-Control header within the bounds, milliseconds. */
function freshnessOf(cacheControl: string | null): number {
  const seconds = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(cacheControl ?? '')?.[1];
  const wanted = seconds === undefined ? DEFAULT_FRESH_MS : Number(seconds) * 1000;
  return Math.min(MAX_FRESH_MS, Math.max(MIN_FRESH_MS, wanted));
}
