import type { SearchIndex, SearchIndexOptions } from './search-index.ts';

type OpenOptions = Omit<SearchIndexOptions, 'vectors'>;

const loaders = {
  sqlite: async (options: OpenOptions): Promise<SearchIndex> =>
    (await import('./adapters/sqlite/sqlite-search-index.ts')).openSqliteSearchIndex({
      ...options,
      vectors: null,
    }),
};

export type SearchEngine = keyof typeof loaders;

/** Opens the index of the named engine. */
export function openSearchIndex(engine: SearchEngine, options: OpenOptions): Promise<SearchIndex> {
  return loaders[engine](options);
}
