import { speakerIdOf, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import type { HeardSpeaker } from '../stt/voices/heard-speech.ts';
import { settleVoices, type VoicedTurn } from '../voices/settle-voices.ts';
import { type HeardVoice, pooled } from '../voices/voice-vector.ts';
import type { RecordedTranscript } from './recording-transcript.ts';

/** A recording of a conversation as it was heard. */
export interface HeardRecording extends RecordedTranscript {
  /** Wall time of the first sample, epoch milliseconds. */
  audioAt: number;
  /** True if it is known in advance who speaks in it: its labels stay. */
  isOneVoice: boolean;
}

/** A piece of speech in a recording, as it is noted with the conversation. */
export interface RecordedSpeech {
  conversationId: string;
  /** Number of the label. */
  speaker: number;
  /** Wall time, epoch milliseconds. */
  startAt: number;
  endAt: number;
  voice: HeardVoice;
  /** Whom the server has recognised, `OWNER` for the owner; null for nobody. */
  recognised: string | null;
}

/** Time that two labels must share to be one speaker, milliseconds. */
const MIN_SHARED_MS = 300;

/**
 * Numbers the speakers of all recordings of a conversation together: the same voice has the same label
 * in each. Without vectors of voices the numbers stay.
 *
 * @param maxDistance voices nearer than this are one speaker, cosine distance
 */
export function joinRecordings(
  recordings: readonly HeardRecording[],
  maxDistance: number,
): HeardRecording[] {
  const open = recordings.filter(({ isOneVoice }) => !isOneVoice);
  const turns: (VoicedTurn & { of: HeardSpeaker })[] = [];
  for (const { speakers } of open) {
    for (const of of speakers) {
      const voice = pooled(of.turns.map((turn) => turn.voice));
      if (voice !== null) turns.push({ speaker: turns.length, voice, of });
    }
  }
  if (open.length < 2 || turns.length === 0) return [...recordings];
  const settled = settleVoices(turns, maxDistance);
  const numbers = new Map<number, number>();
  const numberOf = (settledAs: number) => {
    const known = numbers.get(settledAs) ?? numbers.size;
    numbers.set(settledAs, known);
    return known;
  };
  const joined = new Map(turns.map(({ of }, i) => [of, numberOf(settled[i] ?? i)]));
  let next = numbers.size;
  return recordings.map((recording) => {
    if (recording.isOneVoice) return recording;
    const renamed = new Map<number, number>();
    for (const one of recording.speakers) {
      const number = joined.get(one) ?? next++;
      renamed.set(one.speaker, number);
    }
    return relabelled(recording, (number) => renamed.get(number) ?? number);
  });
}

/**
 * Gives speakers the labels that they have in the transcript that was there, so that names and corrections
 * go on to apply: the two that share the most time are one speaker, then the next two. Speakers who are
 * new get labels that nobody has had.
 */
export function keepLabels(
  recordings: readonly HeardRecording[],
  before: readonly TranscriptSegment[],
): HeardRecording[] {
  const open = recordings.filter(({ isOneVoice }) => !isOneVoice);
  const shared = sharedTimes(
    open.flatMap(({ segments }) => segments),
    before,
  );
  const kept = new Map<number, number>();
  const taken = new Set<number>();
  for (const { made, stored, ms } of shared) {
    if (ms < MIN_SHARED_MS || kept.has(made) || taken.has(stored)) continue;
    kept.set(made, stored);
    taken.add(stored);
  }
  for (const { speaker } of before) taken.add(speakerIdOf(speaker));
  const numberOf = (made: number) => {
    const known = kept.get(made);
    if (known !== undefined) return known;
    let free = 0;
    while (taken.has(free)) free += 1;
    taken.add(free);
    kept.set(made, free);
    return free;
  };
  return recordings.map((recording) =>
    recording.isOneVoice ? recording : relabelled(recording, numberOf),
  );
}

/** The voices that were heard, as they are noted with the conversation. */
export function voicesHeard(
  recordings: readonly HeardRecording[],
  conversationId: string,
): RecordedSpeech[] {
  return recordings.flatMap(({ speakers, audioAt }) =>
    speakers.flatMap(({ speaker, personId, turns }) =>
      turns.map(({ startMs, endMs, voice }) => ({
        conversationId,
        speaker,
        startAt: Math.round(audioAt + startMs),
        endAt: Math.round(audioAt + endMs),
        voice,
        recognised: personId,
      })),
    ),
  );
}

function relabelled(
  recording: HeardRecording,
  numberOf: (speaker: number) => number,
): HeardRecording {
  const segments = recording.segments.map((segment) => ({
    ...segment,
    speaker: `SPEAKER_${numberOf(speakerIdOf(segment.speaker))}`,
  }));
  const speakers = recording.speakers.map((one) => ({ ...one, speaker: numberOf(one.speaker) }));
  return { ...recording, segments, speakers };
}

/** How long each pair of labels speaks at the same time, milliseconds, the longest first. */
function sharedTimes(
  made: readonly TranscriptSegment[],
  before: readonly TranscriptSegment[],
): { made: number; stored: number; ms: number }[] {
  const shared = new Map<string, { made: number; stored: number; ms: number }>();
  const sorted = [...before].sort((a, b) => a.startMs - b.startMs);
  let from = 0;
  for (const segment of [...made].sort((a, b) => a.startMs - b.startMs)) {
    while (from < sorted.length && (sorted[from]?.endMs ?? 0) <= segment.startMs) from += 1;
    for (const other of sorted.slice(from)) {
      if (other.startMs >= segment.endMs) break;
      const ms = Math.min(segment.endMs, other.endMs) - Math.max(segment.startMs, other.startMs);
      const pair = { made: speakerIdOf(segment.speaker), stored: speakerIdOf(other.speaker) };
      const key = `${pair.made} ${pair.stored}`;
      shared.set(key, { ...pair, ms: (shared.get(key)?.ms ?? 0) + Math.max(0, ms) });
    }
  }
  return [...shared.values()].sort((a, b) => b.ms - a.ms);
}
