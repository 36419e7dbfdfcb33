import { deflateSync, inflateSync } from 'node:zlib';
import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import {
  type Conversation,
  conversations,
  type LiveSegment,
  liveSegments,
  type TranscriptChunk,
  transcriptChunks,
} from '../model/conversation.ts';
import { makeSearchChange, searchChanges } from '../model/search-change.ts';
import { type TranscriptSegment, transcriptSegmentSchema } from '../model/transcript-segment.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader, DocumentWriter, Transaction } from '../store/document-store.ts';

/** Segments a chunk: some 300 kB of JSON at worst, a tenth of that once deflated. */
const SEGMENTS_PER_CHUNK = 500;

const segmentsSchema = z.array(transcriptSegmentSchema);

/** Splits a finalised transcript into its chunk documents. */
export function encodeTranscript(
  conversationId: string,
  segments: readonly TranscriptSegment[],
): TranscriptChunk[] {
  const chunks: TranscriptChunk[] = [];
  for (let from = 0; from < segments.length; from += SEGMENTS_PER_CHUNK) {
    const index = chunks.length;
    const json = JSON.stringify(segments.slice(from, from + SEGMENTS_PER_CHUNK));
    chunks.push({
      id: `${conversationId}:${index}`,
      conversationId,
      index,
      segmentsZlibBase64: deflateSync(json).toString('base64'),
    });
  }
  return chunks;
}

/** The segments of one chunk document. */
export function decodeTranscriptChunk(chunk: TranscriptChunk): TranscriptSegment[] {
  const json = inflateSync(Buffer.from(chunk.segmentsZlibBase64, 'base64')).toString('utf8');
  return segmentsSchema.parse(JSON.parse(json));
}

/** The live segments of a conversation, in their order, with the documents that hold them. */
export async function loadLiveSegments(
  reader: DocumentReader,
  uid: string,
  conversationId: string,
): Promise<LiveSegment[]> {
  const documents: LiveSegment[] = [];
  const request = { query: 'ofConversation', filters: { conversationId } } as const;
  for await (const document of queryAll(reader, liveSegments, uid, request)) {
    documents.push(document);
  }
  return documents;
}

/** The whole transcript: what was finalised, then what is still live. */
export async function loadTranscript(
  reader: DocumentReader,
  uid: string,
  conversation: Pick<Conversation, 'id' | 'transcriptChunks'>,
): Promise<TranscriptSegment[]> {
  const segments = await loadFinalisedSegments(reader, uid, conversation);
  for (const live of await loadLiveSegments(reader, uid, conversation.id)) {
    segments.push(live.segment);
  }
  return segments;
}

/** The part of the transcript that is finalised. */
export async function loadFinalisedSegments(
  reader: DocumentReader,
  uid: string,
  conversation: Pick<Conversation, 'id' | 'transcriptChunks'>,
): Promise<TranscriptSegment[]> {
  const ids = Array.from(
    { length: conversation.transcriptChunks },
    (_, i) => `${conversation.id}:${i}`,
  );
  const segments: TranscriptSegment[] = [];
  for (const chunk of await reader.findMany(transcriptChunks, uid, ids)) {
    segments.push(...decodeTranscriptChunk(chunk));
  }
  return segments;
}

/**
 * Writes a finalised transcript over the one that stands, and answers the new number of chunks,
 * which the caller writes to the conversation in the same transaction.
 */
export function writeTranscript(
  writer: DocumentWriter,
  uid: string,
  conversation: Pick<Conversation, 'id' | 'transcriptChunks'>,
  segments: readonly TranscriptSegment[],
): number {
  const chunks = encodeTranscript(conversation.id, segments);
  for (const chunk of chunks) writer.put(transcriptChunks, uid, chunk);
  for (let i = chunks.length; i < conversation.transcriptChunks; i += 1) {
    writer.delete(transcriptChunks, uid, `${conversation.id}:${i}`);
  }
  return chunks.length;
}

/** Tells the search index that a conversation has changed; part of the transaction that changes it. */
export function noteConversationChange(
  writer: DocumentWriter,
  uid: string,
  conversationId: string,
  now: number,
): void {
  writer.put(searchChanges, uid, makeSearchChange('conversation', conversationId, now));
}

/**
 * Changes segments of a conversation wherever they are stored, live or finalised. `change` gets each
 * segment and answers the new one, or undefined to leave it. Answers the conversation and the
 * number of segments changed; a conversation that is absent is a `not-found` error.
 */
export async function updateSegments(
  tx: Transaction,
  uid: string,
  conversationId: string,
  now: number,
  change: (segment: TranscriptSegment) => TranscriptSegment | undefined,
): Promise<{ conversation: Conversation; changed: number }> {
  const conversation = await tx.find(conversations, uid, conversationId);
  if (!conversation) throw new AppError('not-found', 'Conversation not found');
  const live = await loadLiveSegments(tx, uid, conversationId);
  const finalised = await loadFinalisedSegments(tx, uid, conversation);
  let changed = 0;
  let finalisedChanged = false;
  const rewritten = finalised.map((segment) => {
    const next = change(segment);
    if (!next) return segment;
    changed += 1;
    finalisedChanged = true;
    return next;
  });
  if (finalisedChanged) writeTranscript(tx, uid, conversation, rewritten);
  for (const document of live) {
    const segment = change(document.segment);
    if (!segment) continue;
    changed += 1;
    tx.patch(liveSegments, uid, document.id, { segment });
  }
  if (changed > 0) {
    tx.patch(conversations, uid, conversationId, { updatedAt: now });
    noteConversationChange(tx, uid, conversationId, now);
  }
  return { conversation, changed };
}
