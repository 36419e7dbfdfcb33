import {
  type ConfiguredEngine,
  describeEngine,
  type EngineDescriptor,
  type EngineSettings,
} from '../kernel/engine-settings.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Variables } from '../kernel/read-variables.ts';
import type { SearchEmbeddings } from './search-index.ts';
import type { VectorStore } from './vector-store.ts';

type None = Record<never, never>;

/** What the search index is opened with. */
export interface SearchIndexOptions {
  /** Folder of the embedded files; created if absent. */
  directory: string;
  /** If null, words alone are searched. */
  embeddings: SearchEmbeddings | null;
  /** Where vectors are kept; null if in the embedded files, beside the words. */
  vectors: VectorStore | null;
  logger: Logger;
  /** Largest number of users' files that are open at once. */
  maxOpen: number;
}

/** What vectors are opened with. */
export interface VectorOptions {
  logger: Logger;
}

/**
 * An engine of the search index, by where it keeps vectors; words are in the embedded files with each
 * of them. It opens to null if the vectors are in the embedded files as well.
 */
export type SearchEngine = EngineDescriptor<VectorOptions, VectorStore | null, None>;
export type ConfiguredSearch = ConfiguredEngine<VectorOptions, VectorStore | null, None>;

/** Returns the descriptor of an engine of the search index from its settings. */
export function describeSearch<V extends Variables, S extends object>(
  settings: EngineSettings<V, S, VectorOptions, VectorStore | null, None>,
): SearchEngine {
  return describeEngine(settings);
}
