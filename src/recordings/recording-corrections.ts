import type { TranscriptSegment, Word } from '../model/conversations/transcript-segment.ts';

/**
 * A new transcript in which the user's corrections stand. Each corrected segment replaces what was
 * heard anew during its time; that is kept beside it as what was heard. If new segments have no
 * word times, those whose middle lies within the correction are replaced as a whole.
 *
 * @param corrected segments whose text the user has given
 * @param made the new transcript
 */
export function keepCorrections(
  corrected: readonly TranscriptSegment[],
  made: readonly TranscriptSegment[],
): TranscriptSegment[] {
  let rest = [...made];
  const kept: TranscriptSegment[] = [];
  for (const correction of corrected) {
    const heard: string[] = [];
    rest = rest.flatMap((segment) => {
      const { before, within, after } = cut(segment, correction);
      if (within !== '') heard.push(within);
      return [before, after].filter((part) => part !== null);
    });
    const originalText = heard.length > 0 ? heard.join(' ') : correction.originalText;
    kept.push({ ...correction, originalText });
  }
  return [...rest, ...kept];
}

/** A segment without the part in the time of another; returns that part's text as `within`. */
function cut(
  segment: TranscriptSegment,
  time: Pick<TranscriptSegment, 'startMs' | 'endMs'>,
): { before: TranscriptSegment | null; within: string; after: TranscriptSegment | null } {
  const isWithin = (part: { startMs: number; endMs: number }) => {
    const middle = (part.startMs + part.endMs) / 2;
    return middle >= time.startMs && middle <= time.endMs;
  };
  if (segment.words.length === 0) {
    return isWithin(segment)
      ? { before: null, within: segment.text, after: null }
      : { before: segment, within: '', after: null };
  }
  const first = segment.words.findIndex(isWithin);
  if (first < 0) return { before: segment, within: '', after: null };
  const last = segment.words.findLastIndex(isWithin);
  return {
    before: part(segment, segment.words.slice(0, first), ''),
    within: textOf(segment.words.slice(first, last + 1)),
    after: part(segment, segment.words.slice(last + 1), ':after'),
  };
}

function part(
  segment: TranscriptSegment,
  words: readonly Word[],
  idSuffix: string,
): TranscriptSegment | null {
  const [first] = words;
  const last = words.at(-1);
  if (!first || !last) return null;
  return {
    ...segment,
    id: `${segment.id}${idSuffix}`,
    text: textOf(words),
    words: [...words],
    startMs: first.startMs,
    endMs: last.endMs,
    translations: [],
  };
}

function textOf(words: readonly Word[]): string {
  return words.map((word) => word.text).join(' ');
}
