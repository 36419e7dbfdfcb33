import type { SuggestedPart } from '../model/suggested-part.ts';

/** Two starts that are no further apart are the same, milliseconds. */
const SAME_START_MS = 50;
/** A correction keeps at least this share of the words, of the shorter text. */
const KEPT_SHARE = 0.5;

/** What a suggested segment is, compared with one that came before it. */
export type Likeness = 'repeated' | 'revised' | 'other';

/**
 * Compares a segment with one that the same client suggested before. With an id it is the same segment if
 * the id is, it is at the same place and it shares words: some clients count their segments anew in each
 * message, and no word of those may be lost. Without an id only what is equal is the same.
 */
export function likenessOf(known: SuggestedPart, next: SuggestedPart): Likeness {
  if (known.id !== next.id) return 'other';
  const isEqual = known.text === next.text;
  if (next.id === null) {
    const isSameTime = known.startAt === next.startAt && known.endAt === next.endAt;
    return isEqual && isSameTime ? 'repeated' : 'other';
  }
  const isSamePlace =
    Math.abs(known.offsetMs - next.offsetMs) <= SAME_START_MS ||
    (next.startAt < known.endAt && next.endAt > known.startAt);
  if (!isSamePlace) return 'other';
  if (isEqual) return 'repeated';
  return shareWords(known.text, next.text) ? 'revised' : 'other';
}

/** The words of `next` behind those that it begins with in common with `known`; empty if there are none. */
export function addedWords(known: string, next: string): string {
  const before = wordsOf(known);
  const after = wordsOf(next);
  let same = 0;
  while (same < before.length && plain(before[same]) === plain(after[same])) same += 1;
  return after.slice(same).join(' ');
}

function shareWords(a: string, b: string): boolean {
  const left = wordsOf(a).map(plain);
  const right = new Map<string, number>();
  for (const word of wordsOf(b).map(plain)) right.set(word, (right.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of left) {
    const count = right.get(word) ?? 0;
    if (count === 0) continue;
    right.set(word, count - 1);
    shared += 1;
  }
  const shorter = Math.min(left.length, wordsOf(b).length);
  // The word at the end may have been cut off: "harb", then "harbour".
  const grows = plain(b).startsWith(plain(a).slice(0, -1)) && plain(a).length > 1;
  return grows || shared >= Math.max(1, shorter * KEPT_SHARE);
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}

/** The letters and digits alone, in lower case. */
function plain(text: string | undefined): string {
  return (text ?? '').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
