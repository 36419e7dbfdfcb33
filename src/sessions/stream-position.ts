import { audioStreams } from '../model/conversations/audio-stream.ts';
import { lastWords } from '../speakers/last-words.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { HeardSpan } from '../stt/stream-speakers.ts';

/** Audio before the end of a connection that the next one sends again: a word may have been cut. */
const STREAM_OVERLAP_MS = 3_000;
/** A stream that nobody has sent anything of for so long is forgotten. */
const FORGET_AFTER_MS = 30 * 24 * 3_600_000;
/** Streams that one new stream removes. */
const SWEPT = 20;

/** Where a connection goes on in its stream. */
export interface StreamPosition {
  id: string;
  /** The client sends from here on, milliseconds from the stream's first byte. */
  startMs: number;
  /** Wall time of the stream's first byte, null if there was none yet and the client does not say. */
  startedAt: number | null;
  /** Audio of this connection up to here is transcribed, milliseconds from `startMs`. */
  transcribedMs: number;
  /** The words stored last, on the clock of this connection. */
  heard: readonly HeardSpan[];
}

/**
 * Where the next connection of a stream goes on: a little before what is kept, so that a word which
 * the end of the last connection went through is heard as a whole. Every word of the earlier
 * connections must be stored. Streams that are long over are removed.
 *
 * @param ageMs how long ago the stream began, if its client says so
 */
export async function findStreamPosition(
  store: DocumentStore,
  uid: string,
  id: string,
  now: number,
  ageMs: number | null = null,
): Promise<StreamPosition> {
  const stream = await store.find(audioStreams, uid, id);
  if (!stream) {
    await forgetOldStreams(store, uid, now);
    return {
      id,
      startMs: 0,
      startedAt: ageMs === null ? null : now - ageMs,
      transcribedMs: 0,
      heard: [],
    };
  }
  const { keptMs, startedAt, conversationId } = stream;
  const words = await lastWords(store, {
    uid,
    audioStartedAt: startedAt,
    transcribedMs: keptMs,
    spans: [{ conversationId, fromMs: 0 }],
  });
  const startMs = Math.max(0, keptMs - STREAM_OVERLAP_MS);
  const lastEndMs = words.at(-1)?.endMs ?? 0;
  return {
    id,
    startMs,
    startedAt,
    transcribedMs: Math.max(0, lastEndMs - startMs),
    heard: words.map((word) => ({
      ...word,
      startMs: word.startMs - startMs,
      endMs: word.endMs - startMs,
    })),
  };
}

async function forgetOldStreams(store: DocumentStore, uid: string, now: number): Promise<void> {
  await store.transact(async (tx) => {
    const oldest = await tx.query(audioStreams, uid, { query: 'byUpdate', limit: SWEPT });
    for (const { id, updatedAt } of oldest.items) {
      if (now - updatedAt > FORGET_AFTER_MS) tx.delete(audioStreams, uid, id);
    }
  });
}

/** When a connection's first byte was recorded: audio that comes late keeps its time. */
export function recordedAt(stream: StreamPosition | null, now: number): number {
  if (!stream || stream.startedAt === null) return now;
  return stream.startedAt + stream.startMs;
}

/** How much of a stream is kept if this connection has kept `audioMs` of it; null for no stream. */
export function keptOf(
  stream: StreamPosition | null,
  audioMs: number,
): { id: string; keptMs: number } | null {
  return stream && { id: stream.id, keptMs: stream.startMs + audioMs };
}
