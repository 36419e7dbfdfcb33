import { audioStreams } from '../model/audio-stream.ts';
import type { ListenSession } from '../model/listen-session.ts';
import type { DocumentWriter } from '../store/document-store.ts';

/**
 * Writes how much of a stream is kept, at the end of one of its connections. Must be in the commit
 * that says where the connection's audio ends. Does nothing for audio without a stream.
 */
export function noteStreamEnd(
  writer: DocumentWriter,
  session: Pick<
    ListenSession,
    'uid' | 'stream' | 'conversationId' | 'audioStartedAt' | 'createdAt'
  >,
  audioEndMs: number,
  now: number,
): void {
  const { uid, stream, conversationId, audioStartedAt, createdAt } = session;
  if (!stream || audioEndMs === 0) return;
  writer.put(audioStreams, uid, {
    id: stream.id,
    conversationId,
    keptMs: stream.startMs + audioEndMs,
    // The time of the first byte is stored beside the audio, and may be missing after a crash.
    startedAt: (audioStartedAt ?? createdAt) - stream.startMs,
    updatedAt: now,
  });
}
