import { audioStreams } from '../model/audio-stream.ts';
import type { ListenSession } from '../model/listen-session.ts';
import type { DocumentStore, DocumentWriter } from '../store/document-store.ts';

/** A stream that nobody has sent anything of for so long is forgotten. */
const FORGET_AFTER_MS = 30 * 24 * 3_600_000;
/** Streams that one new stream removes. */
const SWEPT = 20;

/** Where a connection goes on in its stream. */
export interface StreamPosition {
  id: string;
  /** Audio before it is kept, milliseconds from the stream's first byte. */
  startMs: number;
  /** Wall time of the stream's first byte, null if there was none yet. */
  startedAt: number | null;
}

/**
 * Writes how much of a stream is kept, at the end of one of its connections. Must be in the commit
 * that says where the connection's audio ends. Does nothing for audio without a stream.
 */
export function noteStreamEnd(
  writer: DocumentWriter,
  session: Pick<ListenSession, 'uid' | 'stream' | 'audioStartedAt' | 'createdAt'>,
  audioEndMs: number,
  now: number,
): void {
  const { uid, stream, audioStartedAt, createdAt } = session;
  if (!stream || audioEndMs === 0) return;
  // The time of the first byte is stored beside the audio, and may be missing after a crash.
  const startedAt = (audioStartedAt ?? createdAt) - stream.startMs;
  writer.put(audioStreams, uid, {
    id: stream.id,
    keptMs: stream.startMs + audioEndMs,
    startedAt,
    updatedAt: now,
  });
}

/** Where the next connection of a stream goes on; streams that are long over are removed. */
export async function findStreamPosition(
  store: DocumentStore,
  uid: string,
  id: string,
  now: number,
): Promise<StreamPosition> {
  const stream = await store.find(audioStreams, uid, id);
  if (stream) return { id, startMs: stream.keptMs, startedAt: stream.startedAt };
  await store.transact(async (tx) => {
    const oldest = await tx.query(audioStreams, uid, { query: 'byUpdate', limit: SWEPT });
    for (const { id: old, updatedAt } of oldest.items) {
      if (now - updatedAt > FORGET_AFTER_MS) tx.delete(audioStreams, uid, old);
    }
  });
  return { id, startMs: 0, startedAt: null };
}
