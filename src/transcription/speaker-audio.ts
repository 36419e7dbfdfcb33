import type { AudioFormat } from '../audio/audio-format.ts';
import type { AudioLog } from '../audio/audio-log.ts';
import type { Conversation } from '../model/conversation.ts';
import { type ListenSession, listenSessions } from '../model/listen-session.ts';
import type { TranscriptSegment } from '../model/transcript-segment.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { decodedAudio, decodedRate } from '../stt/decoded-audio.ts';

/** A piece of audio, signed 16-bit mono. */
export interface SpokenAudio {
  samples: Int16Array;
  /** Hertz. */
  sampleRate: number;
}

/** Reads what was said in a segment, undefined where its audio is not kept. */
export type ReadSegmentAudio = (
  uid: string,
  conversation: Conversation,
  segment: TranscriptSegment,
  maxMs: number,
) => Promise<SpokenAudio | undefined>;

/** Audio may be missing at the ends of a piece by so much. */
const TOLERANCE_MS = 50;

/**
 * Reads the audio of segments from the audio log, which holds the last minute or so of sessions that are
 * connected, and what was not transcribed yet of others.
 */
export function segmentAudioFromLog(options: {
  store: DocumentStore;
  audioLog: AudioLog;
  formatOf(session: { codec: string; sampleRate: number }): AudioFormat;
}): ReadSegmentAudio {
  const { store, audioLog, formatOf } = options;
  return async (uid, conversation, segment, maxMs) => {
    for await (const session of queryAll(store, listenSessions, uid, { query: 'ofConversation' })) {
      if (!mayHold(session, conversation, segment)) continue;
      const span = middleOf(segment, maxMs);
      const shiftMs = (conversation.startedAt ?? 0) - (session.audioStartedAt ?? 0);
      const format = formatOf(session);
      const log = await audioLog.reopen(uid, session.id, format);
      const from = span.fromMs + shiftMs;
      const to = span.toMs + shiftMs;
      if (from < 0 || to > log.endMs + TOLERANCE_MS) continue;
      const sampleRate = decodedRate(format);
      const audio = format.encoding === 'pcm-s16le' ? log : decodedAudio(log, format, sampleRate);
      const samples = await readSpan(audio, from, to, sampleRate);
      if (samples) return { samples, sampleRate };
    }
    return undefined;
  };
}

function mayHold(session: ListenSession, conversation: Conversation, segment: TranscriptSegment) {
  const channel = session.voice?.speaker ?? segment.speaker;
  return (
    session.audioStartedAt !== null &&
    channel === segment.speaker &&
    session.spans.some((span) => span.conversationId === conversation.id)
  );
}

/** The middle of a long segment: its ends may already be somebody else. */
function middleOf({ startMs, endMs }: TranscriptSegment, maxMs: number) {
  const spareMs = Math.max(0, endMs - startMs - maxMs);
  return { fromMs: startMs + spareMs / 2, toMs: endMs - spareMs / 2 };
}

async function readSpan(
  audio: Parameters<typeof decodedAudio>[0],
  fromMs: number,
  toMs: number,
  sampleRate: number,
): Promise<Int16Array | undefined> {
  const samples = new Int16Array(Math.round(((toMs - fromMs) * sampleRate) / 1000));
  const enough = new AbortController();
  let readUntilMs = fromMs;
  for await (const batch of audio.readFrom(fromMs, enough.signal)) {
    if (batch.startMs > readUntilMs + TOLERANCE_MS) break;
    let at = Math.round(((batch.startMs - fromMs) * sampleRate) / 1000);
    for (const frame of batch.frames) {
      const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
      for (let i = 0; i + 1 < frame.byteLength; i += 2, at += 1) {
        if (at >= 0 && at < samples.length) samples[at] = view.getInt16(i, true);
      }
    }
    readUntilMs = batch.startMs + batch.durationMs;
    if (readUntilMs >= toMs) break;
  }
  enough.abort();
  return readUntilMs >= toMs - TOLERANCE_MS ? samples : undefined;
}
