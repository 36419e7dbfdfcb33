import type { Logger } from '../kernel/logger.ts';

export type SearchKind = 'conversation' | 'window' | 'memory' | 'action_item';

/** One thing that can be found. A `window` is a few neighbouring segments of a transcript. */
export interface SearchDocument {
  /** Unique within the user and the kind. */
  id: string;
  kind: SearchKind;
  /** The conversation it belongs to; for a memory or action item, null where it has none. */
  conversationId: string | null;
  /** When it happened, epoch milliseconds: date filters refer to it. */
  happenedAt: number;
  /** Short heading, weighted above the text: title of a conversation, speaker names of a window. */
  title: string;
  text: string;
  segmentIds: readonly string[];
  discarded: boolean;
}

export interface SearchRequest {
  query: string;
  kinds: readonly SearchKind[];
  /** Inclusive bounds on `happenedAt`, epoch milliseconds. */
  from: number | null;
  to: number | null;
  includeDiscarded: boolean;
  limit: number;
}

export interface SearchHit {
  id: string;
  kind: SearchKind;
  conversationId: string | null;
  happenedAt: number;
  /** Higher is better; comparable within one answer only. */
  score: number;
  /** The segments that matched, empty for a conversation's own title and overview. */
  segmentIds: string[];
  /** Which way it was found. */
  matched: ('words' | 'meaning')[];
}

/** What belongs to one subject replaces all that the index had of it; none means deleted. */
export interface SearchUpdate {
  kind: 'conversation' | 'memory' | 'action_item';
  subjectId: string;
  documents: readonly SearchDocument[];
}

/**
 * The derived index of one installation. It may be deleted at any time; `watermark` tells how far
 * it has read the store's changes, and moves in the same commit as the updates do.
 */
export interface SearchIndex {
  search(uid: string, request: SearchRequest): Promise<SearchHit[]>;
  /** Applies updates and moves the watermark (a `changedAt`), atomically. */
  apply(uid: string, updates: readonly SearchUpdate[], watermark: number): Promise<void>;
  /** 0 for a user whose index does not exist. */
  watermark(uid: string): Promise<number>;
  deleteUser(uid: string): Promise<void>;
  check(): Promise<void>;
  close(): Promise<void>;
}

/** What every engine is opened with. */
export interface SearchIndexOptions {
  /** Where the embedded files live; created where absent. */
  directory: string;
  /** Null: answers by words only. */
  embeddings: SearchEmbeddings | null;
  logger: Logger;
  /** Largest number of users' files that are open at once. */
  maxOpen: number;
}

/** The embedding model as the index sees it. */
export interface SearchEmbeddings {
  readonly model: string;
  /** One unit-length vector a text, in order; `uid` is whose texts they are. */
  embed(texts: readonly string[], signal: AbortSignal, uid: string): Promise<Float32Array[]>;
}
