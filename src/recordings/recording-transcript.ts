import type { AudioFormat } from '../audio/audio-format.ts';
import type { ReplayableAudio } from '../audio/replayable-audio.ts';
import { AppError } from '../kernel/errors.ts';
import type { User } from '../model/accounts/user.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import type { SessionStt } from '../stt/session-stt.ts';
import type { SessionVoices } from '../stt/session-voices.ts';
import { type HeardWords, transcribeAll } from '../stt/transcribe-file.ts';
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
) => SessionStt | null;

/**
 * Transcribes recorded audio through the same providers as live audio. Segments are merged by the
 * rules of live ones. `not-configured` without a provider; otherwise throws what `transcribeAll` does.
 *
 * @param shiftMs added to all times
 */
export async function transcribeRecorded(
  stt: SessionStt | null,
  audio: ReplayableAudio,
  shiftMs: number,
  signal: AbortSignal,
): Promise<TranscriptSegment[]> {
  if (!stt) {
    throw new AppError(
      'not-configured',
      'No speech-to-text service is configured for this language; set the API key of one.',
    );
  }
  const heard = await transcribeAll(stt, audio, signal);
  const toSegments = ({ words, provider }: HeardWords) => wordsToSegments(words, shiftMs, provider);
  return combineSegments(null, heard.flatMap(toSegments)).updated;
}
