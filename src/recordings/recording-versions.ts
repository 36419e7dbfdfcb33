import { getOpenConversation } from '../conversations/conversation-access.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { CollectionDefinition } from '../model/collection.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import {
  type TranscriptVersion,
  transcriptVersionChunks,
  transcriptVersions,
} from '../model/conversations/transcript-version.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore, DocumentWriter, QueryRequest } from '../store/document-store.ts';
import { decodeTranscriptChunk, encodeTranscript } from '../transcripts/transcript.ts';

/** Documents deleted in one commit, below the 500 writes that Firestore takes. */
const DELETED_PER_COMMIT = 400;

/** Keeps a transcript, edits and all, in the transaction that replaces it. */
export async function keepVersion(
  writer: DocumentWriter,
  uid: string,
  conversationId: string,
  segments: readonly TranscriptSegment[],
  now: number,
): Promise<void> {
  const id = newId();
  const chunks = await encodeTranscript(conversationId, segments);
  for (const chunk of chunks) {
    writer.create(transcriptVersionChunks, uid, { ...chunk, id: `${id}:${chunk.index}` });
  }
  const providers = segments.flatMap(({ sttProvider }) => (sttProvider ? [sttProvider] : []));
  writer.create(transcriptVersions, uid, {
    id,
    conversationId,
    chunks: chunks.length,
    segmentCount: segments.length,
    sttProviders: [...new Set(providers)],
    replacedAt: now,
  });
}

/** The earlier transcripts of conversations. */
export class TranscriptVersions {
  readonly #store: DocumentStore;

  constructor(options: { store: DocumentStore }) {
    this.#store = options.store;
  }

  /** Newest first; `not-found`, `payment-required`. */
  async list(uid: string, conversationId: string): Promise<TranscriptVersion[]> {
    await getOpenConversation(this.#store, uid, conversationId);
    const versions: TranscriptVersion[] = [];
    const request = { query: 'ofConversation', filters: { conversationId } } as const;
    for await (const version of queryAll(this.#store, transcriptVersions, uid, request)) {
      versions.push(version);
    }
    return versions;
  }

  /** The segments of one; `not-found`, `payment-required`. */
  async segments(uid: string, conversationId: string, id: string): Promise<TranscriptSegment[]> {
    await getOpenConversation(this.#store, uid, conversationId);
    const version = await this.#store.find(transcriptVersions, uid, id);
    if (version?.conversationId !== conversationId) {
      throw new AppError('not-found', 'Transcript version not found');
    }
    const ids = Array.from({ length: version.chunks }, (_, i) => `${id}:${i}`);
    const segments: TranscriptSegment[] = [];
    for (const chunk of await this.#store.findMany(transcriptVersionChunks, uid, ids)) {
      segments.push(...(await decodeTranscriptChunk(chunk)));
    }
    return segments;
  }

  /** Deletes those of a conversation; deleting what is absent is no error. */
  async eraseConversation(uid: string, conversationId: string): Promise<void> {
    await this.#eraseAll(transcriptVersionChunks, uid, conversationId);
    await this.#eraseAll(transcriptVersions, uid, conversationId);
  }

  async #eraseAll<T extends { id: string; conversationId: string }>(
    collection: CollectionDefinition<T, 'ofConversation'>,
    uid: string,
    conversationId: string,
  ): Promise<void> {
    const filters = { conversationId } as NonNullable<QueryRequest<T>['filters']>;
    for (;;) {
      const { items } = await this.#store.query(collection, uid, {
        query: 'ofConversation',
        filters,
        limit: DELETED_PER_COMMIT,
      });
      if (items.length === 0) return;
      await this.#store.transact((tx) => {
        for (const { id } of items) tx.delete(collection, uid, id);
      });
    }
  }
}
