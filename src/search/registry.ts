import type { SearchIndex, SearchIndexOptions } from './search-index.ts';

const loaders = {
  sqlite: async (options: SearchIndexOptions): Promise<SearchIndex> =>
    (await import('./adapters/sqlite/sqlite-search-index.ts')).openSqliteSearchIndex(options),
};

export type SearchEngine = keyof typeof loaders;

/** Opens the index of the named engine. */
export function openSearchIndex(
  engine: SearchEngine,
  options: SearchIndexOptions,
): Promise<SearchIndex> {
  return loaders[engine](options);
}
