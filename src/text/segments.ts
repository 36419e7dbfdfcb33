/** A word, sentence or grapheme, and where it begins in the text. */
export interface TextSegment {
  segment: string;
  index: number;
  isWordLike: boolean;
}

/**
 * Yields the segments of a text as `Intl.Segmenter` finds them, `size` characters at a time; a longer
 * segment is cut. Each segment that V8 returns holds a copy of the text that was given to it:
 * 100 kB at once take gigabytes of memory.
 */
export function* segmentsOf(
  segmenter: Intl.Segmenter,
  text: string,
  size = 512,
): Generator<TextSegment, void, undefined> {
  for (let from = 0; from < text.length; ) {
    const window = text.slice(from, from + size);
    const found = [...segmenter.segment(window)];
    // The last one may go on behind the window.
    if (from + size < text.length && found.length > 1) found.pop();
    for (const { segment, index, isWordLike } of found) {
      yield { segment, index: from + index, isWordLike: isWordLike ?? false };
    }
    const last = found.at(-1);
    from += last ? last.index + last.segment.length : window.length;
  }
}
