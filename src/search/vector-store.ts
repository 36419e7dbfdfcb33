import type { SearchFacets, SearchKind } from './search-index.ts';

/** Names one vector of a user. */
export interface VectorKey {
  kind: SearchKind;
  /** Id of the document. */
  id: string;
}

/** A vector with what it can be filtered by. */
export interface VectorRecord extends VectorKey {
  conversationId: string | null;
  /** Epoch milliseconds. */
  happenedAt: number;
  facets: SearchFacets;
  category: string | null;
  vector: Float32Array;
}

export interface VectorQuery {
  kind: SearchKind;
  vector: Float32Array;
  /** Inclusive bounds, epoch milliseconds; kept by the whole second. */
  from: number | null;
  to: number | null;
  /** Of a conversation: any of them is enough. All empty: no such filter. */
  people: readonly string[];
  topics: readonly string[];
  entities: readonly string[];
  limit: number;
}

export interface VectorMatch extends VectorKey {
  /** Cosine, 1 is the same. */
  similarity: number;
}

/**
 * Vectors kept by a service of their own. It is derived as the index is: whoever calls remembers
 * what is still to be written or deleted, and does so again until it has worked.
 */
export interface VectorStore {
  /** Names where the vectors live: another name means that none of them are there. */
  readonly name: string;
  /** Throws where address, key or the number of dimensions is wrong. */
  check(signal: AbortSignal): Promise<void>;
  upsertVectors(uid: string, records: readonly VectorRecord[], signal: AbortSignal): Promise<void>;
  /**
   * The nearest first. Where people, topics or entities leave nothing, the same without them, at
   * most 20.
   */
  queryVectors(uid: string, query: VectorQuery, signal: AbortSignal): Promise<VectorMatch[]>;
  deleteVectors(uid: string, keys: readonly VectorKey[], signal: AbortSignal): Promise<void>;
  /** All vectors of a user, also those that nobody remembers. */
  deleteUser(uid: string, signal: AbortSignal): Promise<void>;
}
