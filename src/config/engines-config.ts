import type { ConfiguredBlobs } from '../blob/blob-engine.ts';
import { BLOB_ENGINES } from '../blob/registry.ts';
import type { ConfiguredCache } from '../cache/cache-engine.ts';
import { CACHE_ENGINES } from '../cache/registry.ts';
import type { EngineDescriptor, ReadEngine, SharedSettings } from '../kernel/engine-settings.ts';
import type { Environment } from '../kernel/read-variables.ts';
import { SEARCH_ENGINES } from '../search/registry.ts';
import type { ConfiguredSearch } from '../search/search-engine.ts';
import { STORE_ENGINES } from '../store/registry.ts';
import type { ConfiguredStore } from '../store/store-engine.ts';
import type { Values } from './values.ts';

/** The engine behind each port. */
export interface EnginesConfig {
  store: ConfiguredStore;
  search: ConfiguredSearch;
  cache: ConfiguredCache;
  blobs: ConfiguredBlobs;
}

/** The variables of all engines, read. */
export interface ReadEngines {
  /** Notices about variables of engines that are not chosen. */
  notices(values: Values): string[];
  /**
   * Returns the engines that are chosen; null if anything was added to `problems`.
   *
   * @param problems what is missing or not allowed, as sentences
   */
  configure(values: Values, shared: SharedSettings, problems: string[]): EnginesConfig | null;
}

/** Reads the variables of every engine. Values that are not allowed are added to `refused`. */
export function readEngines(env: Environment, refused: string[]): ReadEngines {
  const read = <O, P, T>(engines: readonly EngineDescriptor<O, P, T>[]) =>
    engines.map((engine) => engine.read(env, refused));
  const stores = read(STORE_ENGINES);
  const searches = read(SEARCH_ENGINES);
  const caches = read(CACHE_ENGINES);
  const blobStores = read(BLOB_ENGINES);
  return {
    notices: ({ STORE, SEARCH, CACHE, BLOBS }) => [
      ...unused(stores, 'STORE', STORE),
      ...unused(searches, 'SEARCH', SEARCH),
      ...unused(caches, 'CACHE', CACHE),
      ...unused(blobStores, 'BLOBS', BLOBS),
    ],
    configure: ({ STORE, SEARCH, CACHE, BLOBS }, shared, problems) => {
      const choose = <O, P, T>(engines: readonly ReadEngine<O, P, T>[], name: string) =>
        engines.find((engine) => engine.name === name)?.configure(shared, problems) ?? null;
      const store = choose(stores, STORE);
      const search = choose(searches, SEARCH);
      const cache = choose(caches, CACHE);
      const blobs = choose(blobStores, BLOBS);
      return store && search && cache && blobs && { store, search, cache, blobs };
    },
  };
}

function unused<O, P, T>(
  engines: readonly ReadEngine<O, P, T>[],
  variable: string,
  chosen: string,
): string[] {
  return engines
    .filter(({ name }) => name !== chosen)
    .flatMap(({ name, noticed }) =>
      noticed.map((set) => `${set} is set; it has no effect without ${variable}=${name}.`),
    );
}
