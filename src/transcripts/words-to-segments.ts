import { newId } from '../kernel/ids.ts';
import type { SessionVoice } from '../model/conversations/listen-session.ts';
import { makeSegment, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import type { SttWord } from '../stt/stt-event.ts';

/**
 * Groups final words into one segment a run of one speaker, as Omi does: `SPEAKER_<n>`, not padded.
 * @param shiftMs added to all times: from the audio's clock to the conversation's
 */
export function wordsToSegments(
  words: readonly SttWord[],
  shiftMs: number,
  sttProvider: string,
): TranscriptSegment[] {
  const segments: TranscriptSegment[] = [];
  let speaker: number | null | undefined;
  for (const word of words) {
    const startMs = Math.round(word.startMs + shiftMs);
    const endMs = Math.round(word.endMs + shiftMs);
    let segment = segments.at(-1);
    if (!segment || word.speaker !== speaker) {
      segment = makeSegment({
        id: newId(),
        text: '',
        startMs,
        endMs,
        speaker: `SPEAKER_${word.speaker ?? 0}`,
        sttProvider,
      });
      segments.push(segment);
      speaker = word.speaker;
    }
    segment.text = segment.text === '' ? word.text : `${segment.text} ${word.text}`;
    segment.endMs = endMs;
    segment.words.push({
      text: word.text,
      startMs,
      endMs,
      confidence: word.confidence,
      language: word.language,
    });
  }
  return segments;
}

/** The segment with label and user, for a session whose speaker is known in advance. */
export function withVoice(
  segment: TranscriptSegment,
  voice: SessionVoice | null,
): TranscriptSegment {
  if (!voice) return segment;
  return { ...segment, speaker: voice.speaker ?? segment.speaker, isUser: voice.isUser };
}
