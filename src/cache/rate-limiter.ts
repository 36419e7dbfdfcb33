import type { Logger } from '../kernel/logger.ts';
import type { RateLimit } from '../model/usage/rate-limit.ts';
import type { Cache } from './cache.ts';
import { orElse } from './or-else.ts';

/** A request beyond a limit. */
export interface Exceeded {
  limit: number;
  /** Whole seconds, at least one. */
  retryAfterS: number;
}

export interface RateLimiterOptions {
  cache: Cache;
  /** Multiplies every limit; a value below 1 counts as 1. */
  boost: number;
  /** True: log what would be refused, and allow it. */
  shadow: boolean;
  logger: Logger;
}

/** Counts requests in fixed windows; processes that share a cache count together. */
export class RateLimiter {
  readonly #o: RateLimiterOptions;

  constructor(options: RateLimiterOptions) {
    this.#o = options;
  }

  /**
   * Counts one request. Returns the limit that it exceeds; null if it is allowed, or if the cache is
   * unreachable.
   */
  async take(policy: string, subject: string, limit: RateLimit): Promise<Exceeded | null> {
    const { cache, boost, shadow, logger } = this.#o;
    const max = limit.isFixed ? limit.max : Math.floor(limit.max * Math.max(1, boost));
    let counted: Awaited<ReturnType<Cache['increment']>>;
    try {
      counted = await cache.increment(`rl:${policy}:${subject}`, 1, limit.windowMs);
    } catch {
      // Fail open, as the contract says; `ResilientCache` has logged the failure.
      return null;
    }
    if (counted.count <= max) return null;
    logger.warn({ policy, shadow }, 'rate limit exceeded');
    if (shadow) return null;
    return { limit: max, retryAfterS: Math.max(1, Math.ceil(counted.resetsInMs / 1000)) };
  }

  /** Deletes the counters of a subject. If the cache is unreachable they expire with their window. */
  async forget(subject: string, policies: readonly string[]): Promise<void> {
    const keys = policies.map((policy) => `rl:${policy}:${subject}`);
    await orElse(this.#o.cache.delete(keys), undefined);
  }
}
