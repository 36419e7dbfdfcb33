import { AppError } from '../kernel/errors.ts';
import type { SearchIndex, SearchIndexOptions } from './search-index.ts';
import type { PineconeSettings, VectorStore } from './vector-store.ts';

export interface OpenSearchIndexOptions extends Omit<SearchIndexOptions, 'vectors'> {
  /** Needed by `pinecone` alone. */
  pinecone?: PineconeSettings | null;
}

export type SearchEngine = 'sqlite' | 'pinecone';

/** The engines by where they keep vectors; words are in the embedded files with each of them. */
const vectorStores: Record<
  SearchEngine,
  (options: OpenSearchIndexOptions) => Promise<VectorStore | null>
> = {
  sqlite: () => Promise.resolve(null),
  pinecone: async ({ pinecone, embeddings, logger }) => {
    if (!pinecone || !embeddings) {
      const message = 'SEARCH=pinecone needs an index at Pinecone and an embedding model.';
      throw new AppError('invalid-configuration', message);
    }
    const { openPineconeVectors } = await import('./adapters/pinecone/pinecone-vectors.ts');
    return openPineconeVectors(pinecone, logger);
  },
};

/** Opens the index of the named engine. @throws AppError `invalid-configuration` */
export async function openSearchIndex(
  engine: SearchEngine,
  options: OpenSearchIndexOptions,
): Promise<SearchIndex> {
  const { pinecone: _, ...rest } = options;
  const vectors = await vectorStores[engine](options);
  const { openSqliteSearchIndex } = await import('./adapters/sqlite/sqlite-search-index.ts');
  return openSqliteSearchIndex({ ...rest, vectors });
}
