import type { AudioFormat } from '../audio/audio-format.ts';
import type { AudioLog } from '../audio/audio-log.ts';
import { readSpan } from '../audio/read-span.ts';
import type { ReplayableAudio } from '../audio/replayable-audio.ts';
import type { BlobStore } from '../blob/blob-store.ts';
import type { Conversation } from '../model/conversations/conversation.ts';
import {
  type ListenSession,
  listenSessions,
  type SessionVoice,
} from '../model/conversations/listen-session.ts';
import { recordings } from '../model/conversations/recording.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { recordingReplay } from '../recordings/recording-audio.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { decodedAudio, decodedRate } from '../stt/decoded-audio.ts';

/** A piece of audio, signed 16-bit mono. */
export interface SpokenAudio {
  samples: Int16Array;
  /** Hertz. */
  sampleRate: number;
}

/** Reads what was said in a segment, undefined if its audio is not kept. */
export type ReadSegmentAudio = (
  uid: string,
  conversation: Conversation,
  segment: TranscriptSegment,
  maxMs: number,
) => Promise<SpokenAudio | undefined>;

export interface SegmentAudioOptions {
  store: DocumentStore;
  audioLog: AudioLog;
  blobs: BlobStore;
  formatOf(session: { codec: string; sampleRate: number }): AudioFormat;
}

/**
 * Reads the audio of segments: from the audio log, which holds the last minute or so of sessions that
 * are connected and what was not transcribed yet of others, or from the conversation's recordings.
 */
export function segmentAudio(options: SegmentAudioOptions): ReadSegmentAudio {
  return async (uid, conversation, segment, maxMs) => {
    const { fromMs, toMs } = middleOf(segment, maxMs);
    const startedAt = conversation.startedAt ?? conversation.createdAt;
    const from = startedAt + fromMs;
    for await (const place of placesOf(options, uid, conversation, segment)) {
      const { source, format } = place;
      const startMs = from - place.startedAt;
      if (startMs < 0) continue;
      const sampleRate = decodedRate(format);
      const audio =
        format.encoding === 'pcm-s16le' ? source : decodedAudio(source, format, sampleRate);
      const samples = await readSpan(audio, startMs, startMs + toMs - fromMs, sampleRate);
      if (samples) return { samples, sampleRate };
    }
    return undefined;
  };
}

/** Audio that ends, and the wall time of its position 0. */
interface Place {
  source: ReplayableAudio;
  format: AudioFormat;
  startedAt: number;
}

/** Where the audio of a segment may be. */
async function* placesOf(
  { store, audioLog, blobs, formatOf }: SegmentAudioOptions,
  uid: string,
  conversation: Conversation,
  segment: TranscriptSegment,
): AsyncGenerator<Place> {
  for await (const session of queryAll(store, listenSessions, uid, { query: 'ofConversation' })) {
    const { audioStartedAt: startedAt } = session;
    if (startedAt === null || !mayHold(session, conversation, segment)) continue;
    const format = formatOf(session);
    // A reader of its own, which sees what is written by now and ends there.
    yield { source: await audioLog.reopen(uid, session.id, format), format, startedAt };
  }
  for await (const recording of queryAll(store, recordings, uid, {
    query: 'ofConversation',
    filters: { conversationId: conversation.id },
  })) {
    if (!isChannelOf(recording.voice, segment)) continue;
    const { audio, format, aheadMs } = recordingReplay(recording, blobs);
    yield { source: audio, format, startedAt: recording.startedAt - aheadMs };
  }
}

function mayHold(session: ListenSession, conversation: Conversation, segment: TranscriptSegment) {
  const isOurs = session.spans.some((span) => span.conversationId === conversation.id);
  return isOurs && isChannelOf(session.voice, segment);
}

/** On a call each side has audio of its own. */
function isChannelOf(voice: SessionVoice | null, { speaker }: TranscriptSegment): boolean {
  return (voice?.speaker ?? speaker) === speaker;
}

/** The middle of a long segment: its ends may belong to another speaker. */
function middleOf({ startMs, endMs }: TranscriptSegment, maxMs: number) {
  const spareMs = Math.max(0, endMs - startMs - maxMs);
  return { fromMs: startMs + spareMs / 2, toMs: endMs - spareMs / 2 };
}
