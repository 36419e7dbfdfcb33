import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';

/** The segment with `change` applied to all its times and those of its words, milliseconds. */
export function mapTimes(
  segment: TranscriptSegment,
  change: (ms: number) => number,
): TranscriptSegment {
  return {
    ...segment,
    startMs: change(segment.startMs),
    endMs: change(segment.endMs),
    words: segment.words.map((word) => ({
      ...word,
      startMs: change(word.startMs),
      endMs: change(word.endMs),
    })),
  };
}

/** The segment and its words, moved by `byMs` milliseconds. */
export function moveSegment(segment: TranscriptSegment, byMs: number): TranscriptSegment {
  return mapTimes(segment, (ms) => ms + byMs);
}
