import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Cache } from './cache.ts';

export interface CacheOptions {
  clock: Clock;
  logger: Logger;
  /** Where Redis is; null for the engine that needs none. */
  redis: RedisAddress | null;
}

export interface RedisAddress {
  /** `redis://` or `rediss://` (TLS), with an optional database number as its path. */
  url: string;
  password: string | null;
  /** Stands before every key, so that several products may share one Redis. */
  keyPrefix: string;
  /** Longest time that one command may take, milliseconds. */
  timeoutMs: number;
}

const loaders = {
  'in-process': async ({ clock }: CacheOptions): Promise<Cache> => {
    const { openInProcessCache } = await import('./adapters/in-process/in-process-cache.ts');
    return openInProcessCache({ clock });
  },
  redis: async ({ redis, logger }: CacheOptions): Promise<Cache> => {
    if (!redis) throw new AppError('invalid-configuration', 'CACHE=redis has no address.');
    const { openRedisCache } = await import('./adapters/redis/redis-cache.ts');
    return openRedisCache({ ...redis, logger });
  },
};

export type CacheEngine = keyof typeof loaders;

/** Opens the cache of the named engine. A Redis that does not answer yet is no error. */
export function openCache(engine: CacheEngine, options: CacheOptions): Promise<Cache> {
  return loaders[engine](options);
}
