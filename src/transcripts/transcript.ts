import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { AppError } from '../kernel/errors.ts';
import { inflateText } from '../kernel/inflate.ts';
import {
  type Conversation,
  conversations,
  type LiveSegment,
  liveSegments,
  type TranscriptChunk,
  transcriptChunks,
} from '../model/conversation.ts';
import {
  segmentsFromJson,
  segmentsToJson,
  type TranscriptSegment,
} from '../model/transcript-segment.ts';
import { searchChanged } from '../search/search-changed.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader, DocumentWriter, Transaction } from '../store/document-store.ts';

/**
 * Bytes of a deflated chunk. Omi's tools know the first chunk alone, so it takes what goes into one
 * document of Firestore: encrypted as Omi does it is 2.7 times as long, and the limit is 1 MiB. It holds
 * about two hours of talk with the times of its words.
 */
const MAX_DEFLATED_BYTES = 270_000;

const deflateAsync = promisify(deflate);

/** Splits a finalised transcript into its chunk documents. */
export async function encodeTranscript(
  conversationId: string,
  segments: readonly TranscriptSegment[],
): Promise<TranscriptChunk[]> {
  const deflated = segments.length === 0 ? [] : await deflateParts(segments);
  return deflated.map((bytes, index) => ({
    id: `${conversationId}:${index}`,
    conversationId,
    index,
    segmentsZlibBase64: bytes.toString('base64'),
  }));
}

async function deflateParts(segments: readonly TranscriptSegment[]): Promise<Buffer[]> {
  const bytes = await deflateAsync(segmentsToJson(segments));
  if (bytes.length <= MAX_DEFLATED_BYTES || segments.length === 1) return [bytes];
  // The first part as full as it gets with some air, so that few stay out of it.
  const share = (MAX_DEFLATED_BYTES * 0.95) / bytes.length;
  const at = Math.min(segments.length - 1, Math.max(1, Math.floor(segments.length * share)));
  const first = await deflateParts(segments.slice(0, at));
  return [...first, ...(await deflateParts(segments.slice(at)))];
}

/** The segments of one chunk document. */
export async function decodeTranscriptChunk(chunk: TranscriptChunk): Promise<TranscriptSegment[]> {
  return segmentsFromJson(await inflateText(Buffer.from(chunk.segmentsZlibBase64, 'base64')));
}

/** The live segments of a conversation that are not part of its finalised transcript, by `seq`. */
export async function loadLiveSegments(
  reader: DocumentReader,
  uid: string,
  conversation: Pick<Conversation, 'id' | 'finalisedSeq'>,
): Promise<LiveSegment[]> {
  const documents: LiveSegment[] = [];
  const request = {
    query: 'ofConversation',
    filters: { conversationId: conversation.id },
    from: conversation.finalisedSeq + 1,
  } as const;
  for await (const document of queryAll(reader, liveSegments, uid, request)) {
    documents.push(document);
  }
  return documents;
}

/** The whole transcript, finalised and live, in the order in which it was spoken. */
export async function loadTranscript(
  reader: DocumentReader,
  uid: string,
  conversation: Pick<Conversation, 'id' | 'transcriptChunks' | 'finalisedSeq'>,
): Promise<TranscriptSegment[]> {
  const segments = await loadFinalisedSegments(reader, uid, conversation);
  const live = await loadLiveSegments(reader, uid, conversation);
  return inSpokenOrder([...segments, ...live.map((document) => document.segment)]);
}

/**
 * By start time; segments that start together keep their order. Words that were recovered from the
 * audio log late are stored after words that were spoken later.
 */
export function inSpokenOrder(segments: readonly TranscriptSegment[]): TranscriptSegment[] {
  return [...segments].sort((a, b) => a.startMs - b.startMs);
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
    segments.push(...(await decodeTranscriptChunk(chunk)));
  }
  return segments;
}

/**
 * Writes a finalised transcript (what `encodeTranscript` made) over the one that stands, and answers the new number of chunks,
 * which the caller writes to the conversation in the same transaction.
 */
export function writeTranscript(
  writer: DocumentWriter,
  uid: string,
  conversation: Pick<Conversation, 'id' | 'transcriptChunks'>,
  chunks: readonly TranscriptChunk[],
): number {
  for (const chunk of chunks) writer.put(transcriptChunks, uid, chunk);
  for (let i = chunks.length; i < conversation.transcriptChunks; i += 1) {
    writer.delete(transcriptChunks, uid, `${conversation.id}:${i}`);
  }
  return chunks.length;
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
  const live = await loadLiveSegments(tx, uid, conversation);
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
  const chunks = finalisedChanged ? await encodeTranscript(conversationId, rewritten) : [];
  if (finalisedChanged) writeTranscript(tx, uid, conversation, chunks);
  for (const document of live) {
    const segment = change(document.segment);
    if (!segment) continue;
    changed += 1;
    tx.patch(liveSegments, uid, document.id, { segment });
  }
  if (changed > 0) {
    tx.patch(conversations, uid, conversationId, {
      updatedAt: Math.max(now, conversation.updatedAt + 1),
    });
    searchChanged(tx, uid, 'conversation', conversationId, now);
  }
  return { conversation, changed };
}
