import type {
  Quote,
  QuoteRequest,
  SearchKind,
  SearchRequest,
  SearchUpdate,
} from '../../search-index.ts';
import type { VectorKey, VectorMatch, VectorRecord } from '../../vector-store.ts';

/** A document that was found by one of the rankings. */
export interface FoundDocument {
  id: string;
  kind: SearchKind;
  conversationId: string | null;
  happenedAt: number;
  segmentIds: string[];
  /** Those whose words answer, the best first; empty if that was not looked at or none does. */
  matchedSegmentIds: string[];
  /** `phrase`: the words as they stand; `all`: every word; `any`: some; `meaning`: by its vector. */
  tier: 'phrase' | 'all' | 'any' | 'meaning';
  /** Better is higher, from 0; of `meaning` the cosine. Comparable within its ranking. */
  score: number;
}

/** What was found by words. */
export interface FoundByWords {
  words: FoundDocument[];
  /** What the people who were asked for say; null if nobody was. */
  people: FoundDocument[] | null;
}

/** A document that has no vector yet. `hash` tells its content when the vector comes back. */
export interface PendingDocument extends Omit<VectorRecord, 'vector'> {
  rowid: number;
  hash: string;
  text: string;
  discarded: boolean;
}

/** A document whose vector a service elsewhere has now. */
export type EmbeddedDocument = Pick<PendingDocument, 'rowid' | 'hash'>;

export interface DocumentVector {
  rowid: number;
  hash: string;
  vector: Float32Array;
}

/** What the worker can be asked: arguments and answer of each operation. */
export interface WorkerOperations {
  words: { args: [uid: string, request: SearchRequest]; answer: FoundByWords };
  quotes: {
    args: [uid: string, query: string, hits: readonly QuoteRequest[]];
    answer: (Quote | null)[];
  };
  conversationsOf: { args: [uid: string, speaker: string, limit: number]; answer: string[] };
  nearest: {
    args: [uid: string, request: SearchRequest, vector: Float32Array];
    answer: FoundDocument[];
  };
  /** `atLeast`: the watermark that the caller knows of; a file that is behind it was lost. */
  apply: {
    args: [uid: string, updates: readonly SearchUpdate[], watermark: number, atLeast: number];
    answer: { applied: boolean };
  };
  watermark: { args: [uid: string]; answer: number };
  deleteUser: { args: [uid: string]; answer: null };
  pending: { args: [uid: string, limit: number]; answer: PendingDocument[] };
  /** If vectors are kept elsewhere: the documents of what was found there. */
  matched: {
    args: [uid: string, request: SearchRequest, matches: readonly VectorMatch[]];
    answer: FoundDocument[];
  };
  /** The vectors elsewhere of documents that are gone. */
  gone: { args: [uid: string, limit: number]; answer: VectorKey[] };
  /** These have been deleted elsewhere. */
  forget: { args: [uid: string, keys: readonly VectorKey[]]; answer: null };
  /** These have been written elsewhere. */
  markEmbedded: { args: [uid: string, documents: readonly EmbeddedDocument[]]; answer: null };
  storeVectors: { args: [uid: string, vectors: DocumentVector[]]; answer: null };
  check: { args: []; answer: null };
  close: { args: []; answer: null };
}

export type WorkerOperation = keyof WorkerOperations;

export interface WorkerRequest {
  id: number;
  operation: WorkerOperation;
  args: readonly unknown[];
}

export type WorkerResponse =
  | { id: number; ok: true; answer: unknown }
  /** `damaged`: the user's file was damaged and has been deleted. */
  | { id: number; ok: false; damaged: boolean; code: string | null; message: string };

export interface WorkerSettings {
  directory: string;
  maxOpen: number;
  /** Name of the configured embedding model, null for none. */
  embeddingModel: string | null;
  /** Where vectors are kept; null: in the files themselves. */
  vectorHome: string | null;
}
