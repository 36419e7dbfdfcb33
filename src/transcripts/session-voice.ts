import type { SessionVoice } from '../model/listen-session.ts';
import type { TranscriptSegment } from '../model/transcript-segment.ts';

/** A segment of a session whose speaker is known without listening. */
export function withVoice(
  segment: TranscriptSegment,
  voice: SessionVoice | null,
): TranscriptSegment {
  if (!voice) return segment;
  return { ...segment, speaker: voice.speaker ?? segment.speaker, isUser: voice.isUser };
}
