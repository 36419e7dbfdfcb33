/** A piece of a text and where it begins in it. */
export interface TextWindow {
  text: string;
  index: number;
}

/** How far from its end a window is searched for a good place to cut, in characters. */
const CUT_REACH = 200;

/**
 * Returns the text in pieces of at most `size` characters, cut after a sentence, else at white space,
 * else anywhere. Patterns that cost more than linear time are applied to one piece at a time.
 */
export function windowsOf(text: string, size: number): TextWindow[] {
  const windows: TextWindow[] = [];
  let from = 0;
  while (text.length - from > size) {
    const to = from + cutOf(text.slice(from, from + size));
    windows.push({ text: text.slice(from, to), index: from });
    from = to;
  }
  windows.push({ text: text.slice(from), index: from });
  return windows;
}

function cutOf(window: string): number {
  const least = Math.max(1, window.length - CUT_REACH);
  let space = -1;
  for (let at = window.length; at > least; at -= 1) {
    if (!isSpace(window.charAt(at - 1))) continue;
    if (/[.!?\n]/.test(window.charAt(at - 2)) || window.charAt(at - 1) === '\n') return at;
    if (space < 0) space = at;
  }
  if (space > 0) return space;
  // Never between the halves of a character.
  const last = window.charCodeAt(window.length - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return isHalf && window.length > 1 ? window.length - 1 : window.length;
}

/**
 * Returns the text if it has at most `2 * size` characters, else its first and its last `size`
 * characters with a line break between. A long message is pasted text: what the sender asks for
 * stands before or after it.
 */
export function edgesOf(text: string, size: number): string {
  if (text.length <= 2 * size) return text;
  return `${text.slice(0, size)}\n${text.slice(-size)}`;
}

/**
 * Returns the text without the characters of `start` at its start and those of `end` at its end.
 * Unlike `/[…]+$/`, which starts anew at each of them, it costs linear time.
 */
export function trimCharacters(text: string, start: string, end = start): string {
  let from = 0;
  let to = text.length;
  while (from < to && start.includes(text.charAt(from))) from += 1;
  while (to > from && end.includes(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/** Returns the text trimmed, with every run of white space as one space. */
export function collapseSpaces(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}

function isSpace(character: string): boolean {
  return /\s/u.test(character);
}

const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** Longest character as readers see it that is kept whole: letters with marks, joined emoji. */
const MAX_GRAPHEME = 64;

/**
 * Returns the first `max` UTF-16 units of a text at most, never a part of a character as readers see
 * it: a letter keeps its marks, an emoji its parts.
 */
export function clipText(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  const from = Math.max(0, max - MAX_GRAPHEME);
  for (const { segment, index } of GRAPHEMES.segment(text.slice(from, max + MAX_GRAPHEME))) {
    if (from + index + segment.length > max) break;
    end = from + index + segment.length;
  }
  return text.slice(0, end === 0 ? max : end);
}
