import type { AudioFormat } from '../audio/audio-format.ts';
import type { ReplayableAudio } from '../audio/replayable-audio.ts';
import { AppError } from '../kernel/errors.ts';
import type { User } from '../model/accounts/user.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { OWNER } from '../model/people/speaker-correction.ts';
import type { SessionStt } from '../stt/session-stt.ts';
import type { SessionVoices } from '../stt/session-voices.ts';
import { transcribeAll } from '../stt/transcribe-file.ts';
import type { HeardSpeaker, HeardWords } from '../stt/voices/heard-speech.ts';
import { combineSegments } from '../transcripts/combine-segments.ts';
import { wordsToSegments } from '../transcripts/words-to-segments.ts';

/**
 * Opens the speech-to-text of audio that was recorded; null if none is configured. Voices that are given are
 * recognised if there is a voice model, or if the provider tells speakers apart.
 */
export type OpenRecordedStt = (
  user: User,
  language: string,
  format: AudioFormat,
  voices?: SessionVoices | null,
  /** The only speech service or local model to ask; null for the server's choice. */
  model?: string | null,
) => SessionStt | null;

/** What was heard in recorded audio. */
export interface RecordedTranscript {
  segments: TranscriptSegment[];
  /** By the number of their labels; times are those of the audio. */
  speakers: HeardSpeaker[];
}

/**
 * Transcribes recorded audio through the same providers as live audio. Segments are merged by the
 * rules of live ones, and have the people whose voices were recognised. `not-configured` without a provider; otherwise throws what `transcribeAll` does.
 *
 * @param shiftMs added to all times
 */
export async function transcribeRecorded(
  stt: SessionStt | null,
  audio: ReplayableAudio,
  shiftMs: number,
  signal: AbortSignal,
): Promise<RecordedTranscript> {
  if (!stt) {
    throw new AppError(
      'not-configured',
      'No speech-to-text service is configured for this language; set the API key of one.',
    );
  }
  const { parts, speakers } = await transcribeAll(stt, audio, signal);
  const toSegments = ({ words, provider }: HeardWords) => wordsToSegments(words, shiftMs, provider);
  const people = new Map(speakers.map((one) => [`SPEAKER_${one.speaker}`, one.personId]));
  const segments = combineSegments(null, parts.flatMap(toSegments)).updated.map((segment) =>
    withPerson(segment, people.get(segment.speaker) ?? null),
  );
  return { segments, speakers };
}

/** The segment with the person who speaks in it; `OWNER` is the user, null nobody who is known. */
export function withPerson(segment: TranscriptSegment, person: string | null): TranscriptSegment {
  if (person === null) return segment;
  return person === OWNER
    ? { ...segment, isUser: true, personId: null }
    : { ...segment, isUser: false, personId: person };
}
