import type { Logger } from '../kernel/logger.ts';
import type { RateLimit } from '../model/rate-limit.ts';
import type { Cache } from './cache.ts';
import { orElse } from './or-else.ts';

/** A request too many. */
export interface Exceeded {
  limit: number;
  /** Whole seconds, at least one. */
  retryAfterS: number;
}

export interface RateLimiterOptions {
  cache: Cache;
  /** Multiplies every limit; below 1 counts as 1. */
  boost: number;
  /** Only log what would be refused. */
  shadow: boolean;
  logger: Logger;
}

/** Counts requests in fixed windows, for all processes together where they share a cache. */
export class RateLimiter {
  readonly #o: RateLimiterOptions;

  constructor(options: RateLimiterOptions) {
    this.#o = options;
  }

  /**
   * Counts one request. Answers what is wrong with it, null where it may go on; a cache that is out of
   * reach lets everything through.
   */
  async take(policy: string, subject: string, limit: RateLimit): Promise<Exceeded | null> {
    const { cache, boost, shadow, logger } = this.#o;
    const max = limit.isFixed ? limit.max : Math.floor(limit.max * Math.max(1, boost));
    let counted: Awaited<ReturnType<Cache['increment']>>;
    try {
      counted = await cache.increment(`rl:${policy}:${subject}`, 1, limit.windowMs);
    } catch {
      // Fail open, as the contract says; `ResilientCache` has logged that the cache is out.
      return null;
    }
    if (counted.count <= max) return null;
    logger.warn({ policy, shadow }, 'rate limit exceeded');
    if (shadow) return null;
    return { limit: max, retryAfterS: Math.max(1, Math.ceil(counted.resetsInMs / 1000)) };
  }

  /** Forgets what was counted of somebody; what a cache out of reach still has ends with its window. */
  async forget(subject: string, policies: readonly string[]): Promise<void> {
    const keys = policies.map((policy) => `rl:${policy}:${subject}`);
    await orElse(this.#o.cache.delete(keys), undefined);
  }
}
