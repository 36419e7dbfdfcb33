import type { Clock } from '../kernel/clock.ts';
import {
  type ConfiguredEngine,
  describeEngine,
  type EngineDescriptor,
  type EngineSettings,
} from '../kernel/engine-settings.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Variables } from '../kernel/read-variables.ts';
import type { Cache } from './cache.ts';

/** What every cache is opened with. */
export interface CacheOptions {
  clock: Clock;
  logger: Logger;
}

type None = Record<never, never>;

export type CacheEngine = EngineDescriptor<CacheOptions, Cache, None>;
export type ConfiguredCache = ConfiguredEngine<CacheOptions, Cache, None>;

/** Returns the descriptor of a cache from its settings. */
export function describeCache<V extends Variables, S extends object>(
  settings: EngineSettings<V, S, CacheOptions, Cache, None>,
): CacheEngine {
  return describeEngine(settings);
}
