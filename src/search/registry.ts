import { pinecone } from './adapters/pinecone/pinecone.settings.ts';
import { sqlite } from './adapters/sqlite/sqlite.settings.ts';
import type { ConfiguredSearch, SearchEngine, SearchIndexOptions } from './search-engine.ts';
import type { SearchIndex } from './search-index.ts';

/** The engines that `SEARCH` chooses from; the first is the default. */
export const SEARCH_ENGINES: readonly [SearchEngine, ...SearchEngine[]] = [sqlite, pinecone];

/** Opens the search index with its vectors where `engine` keeps them. */
export async function openSearchIndex(
  engine: Pick<ConfiguredSearch, 'open'>,
  options: Omit<SearchIndexOptions, 'vectors'>,
): Promise<SearchIndex> {
  const vectors = await engine.open(options);
  const { openSqliteSearchIndex } = await import('./adapters/sqlite/sqlite-search-index.ts');
  return openSqliteSearchIndex({ ...options, vectors });
}
