/** A piece of a segment's text, and when it is heard; seconds on the clock of the conversation. */
export interface TimedWord {
  /** The word with what stands before it since the last one. */
  before: string;
  text: string;
  start: number;
  end: number;
}

/**
 * Divides the text of a segment into words with times. The times are those of the recogniser, if its
 * words stand in the text in their order; else, as after an edit, they are estimated by length.
 */
export function timedWords(
  { text, start, end }: { text: string; start: number; end: number },
  words: readonly { text: string; start: number; end: number }[],
): TimedWord[] {
  return boundWords(text, words) ?? estimatedWords(text, start, end);
}

/** Null if a word is not there. */
function boundWords(
  text: string,
  words: readonly { text: string; start: number; end: number }[],
): TimedWord[] | null {
  if (words.length === 0) return null;
  const lower = text.toLowerCase();
  // Some letters change their number when their case changes.
  const searched = lower.length === text.length ? lower : text;
  const bound: TimedWord[] = [];
  let position = 0;
  for (const word of words) {
    const wanted = searched === lower ? word.text.toLowerCase() : word.text;
    const found = wanted === '' ? -1 : searched.indexOf(wanted, position);
    if (found < 0) return null;
    const until = found + wanted.length;
    bound.push({
      before: text.slice(position, found),
      text: text.slice(found, until),
      start: word.start,
      end: word.end,
    });
    position = until;
  }
  const last = bound.at(-1);
  if (last) last.text += text.slice(position);
  return bound;
}

function estimatedWords(text: string, start: number, end: number): TimedWord[] {
  const pieces = text.split(/(\s+)/);
  const perCharacter = text.length > 0 ? (end - start) / text.length : 0;
  const estimated: TimedWord[] = [];
  let position = 0;
  let before = '';
  for (const piece of pieces) {
    if (piece.trim() === '') before += piece;
    else {
      estimated.push({
        before,
        text: piece,
        start: start + position * perCharacter,
        end: start + (position + piece.length) * perCharacter,
      });
      before = '';
    }
    position += piece.length;
  }
  return estimated;
}

/** Index of the word that is heard at a time: the last one that has begun; -1 before the first. */
export function wordAt(words: readonly TimedWord[], time: number): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words[middle]?.start ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
