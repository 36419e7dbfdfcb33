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

/** A request that was counted. */
export interface CountedRequest {
  limit: number;
  /** Requests that are left in the window. */
  remaining: number;
  /** Whole seconds until the window ends, at least one. */
  resetsInS: number;
  isExceeded: boolean;
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
    const counted = await this.count(policy, subject, limit);
    if (!counted?.isExceeded) return null;
    return { limit: counted.limit, retryAfterS: counted.resetsInS };
  }

  /** Counts one request; null if the cache is unreachable. */
  async count(policy: string, subject: string, limit: RateLimit): Promise<CountedRequest | null> {
    const { cache, boost, shadow, logger } = this.#o;
    const max = limit.isFixed ? limit.max : Math.floor(limit.max * Math.max(1, boost));
    let counted: Awaited<ReturnType<Cache['increment']>>;
    try {
      counted = await cache.increment(`rl:${policy}:${subject}`, 1, limit.windowMs);
    } catch {
      // Fail open, as the contract says; `ResilientCache` has logged the failure.
      return null;
    }
    const isBeyond = counted.count > max;
    if (isBeyond) logger.warn({ policy, shadow }, 'rate limit exceeded');
    return {
      limit: max,
      remaining: Math.max(0, max - counted.count),
      resetsInS: Math.max(1, Math.ceil(counted.resetsInMs / 1000)),
      isExceeded: isBeyond && !shadow,
    };
  }

  /** Deletes the counters of a subject. If the cache is unreachable they expire with their window. */
  async forget(subject: string, policies: readonly string[]): Promise<void> {
    const keys = policies.map((policy) => `rl:${policy}:${subject}`);
    await orElse(this.#o.cache.delete(keys), undefined);
  }
}
