import type { TranscriptSegment } from '../../model/transcript-segment.ts';

/**
 * A newer transcript in which segments that say the same as older ones are these: with their ids, which
 * tasks and memories point to, and with what the user has corrected. Times and speakers are the newer ones.
 */
export function keepSegments(
  before: readonly TranscriptSegment[],
  after: readonly TranscriptSegment[],
): TranscriptSegment[] {
  const waiting = new Map<string, TranscriptSegment[]>();
  for (const segment of before) {
    const same = waiting.get(heardText(segment));
    if (same) same.push(segment);
    else waiting.set(heardText(segment), [segment]);
  }
  return after.map((segment) => {
    const same = waiting.get(heardText(segment))?.shift();
    if (!same) return segment;
    const { speaker, startMs, endMs } = segment;
    return { ...same, speaker, startMs, endMs };
  });
}

/** What was said before the user corrected it. */
function heardText({ text, originalText }: TranscriptSegment): string {
  return originalText ?? text;
}
