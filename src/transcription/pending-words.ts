import type { TranscriptSegment } from '../model/transcript-segment.ts';

/** New words on their way into the store. */
export interface PendingWords {
  segments: TranscriptSegment[];
  transcribedMs: number | null;
  receivedAt: number | null;
}
