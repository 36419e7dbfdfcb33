import { inProcess } from './adapters/in-process/in-process.settings.ts';
import { redis } from './adapters/redis/redis.settings.ts';
import type { CacheEngine } from './cache-engine.ts';

/** The caches that `CACHE` chooses from; the first is the default. */
export const CACHE_ENGINES: readonly [CacheEngine, ...CacheEngine[]] = [inProcess, redis];
