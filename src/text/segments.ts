/** UTF-16 units that are segmented at a time. */
const PART = 1000;
/** The second half of a surrogate pair, or what belongs to the character before: marks, skin tones. */
const CONTINUES = /^(?:[\udc00-\udfff]|[\p{M}\p{Cf}\p{Emoji_Modifier}])/u;
const JOINER = '\u200d';

/**
 * Returns the segments of a text with their UTF-16 offsets. The text is segmented a part at a time,
 * because the cost of `Intl.Segmenter` grows with the square of the length: 80,000 characters take
 * it half a minute. A part may end inside a word if there is no space for 1,000 characters, never
 * inside a letter with its marks.
 */
export function* segments(
  segmenter: Intl.Segmenter,
  text: string,
): Generator<{ segment: string; index: number; isWordLike: boolean }> {
  for (let from = 0; from < text.length; ) {
    const to = endOfPart(text, from);
    for (const { segment, index, isWordLike } of segmenter.segment(text.slice(from, to))) {
      yield { segment, index: from + index, isWordLike: isWordLike ?? false };
    }
    from = to;
  }
}

function endOfPart(text: string, from: number): number {
  let to = Math.min(from + PART, text.length);
  while (to < text.length && continues(text, to)) to += 1;
  return to;
}

function continues(text: string, at: number): boolean {
  return text.charAt(at - 1) === JOINER || CONTINUES.test(text.slice(at, at + 2));
}
