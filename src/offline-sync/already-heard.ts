import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';

/** A word with the label of its speaker; times on any clock, the same for all. */
interface SpokenWord {
  text: string;
  startMs: number;
  endMs: number;
  speaker: string;
}

export interface FreshSegments {
  /** The new segments without the words that are stored already. */
  fresh: TranscriptSegment[];
  /** Pairs of labels of one speaker: of a word that is new, and of the same word that is stored. */
  sameSpeakers: { heard: string; stored: string }[];
}

/** How far the clocks of a device and of the server may be apart, milliseconds. */
const MAX_SKEW_MS = 5_000;
/** Part of the words of one time that must be the same to be the same speech. */
const MIN_SAME = 0.5;
/** How far the middle of a word may lie outside of a segment that it belongs to, milliseconds. */
const EDGE_MS = 50;
/** How far the times of one word may be apart that two files of a device share, milliseconds. */
const SAME_MS = 250;

/**
 * Leaves out words that are in a transcript already: a device also stores what it has sent live. Two words are
 * the same if they are alike, spoken within five seconds, and in the same order as the words around them. If most
 * words of a time are the same, the others of that time were heard differently and are left out, too.
 *
 * @param stored segments of the transcript, on the clock of `heard`
 * @param allHeard new segments, by time
 * @param crossing keys (`wordKey`) of words that begin or end in another file: each by itself is left out if it is
 * stored, as it is if the other file was stored when the process died
 */
export function withoutAlreadyHeard(
  stored: readonly TranscriptSegment[],
  allHeard: readonly TranscriptSegment[],
  crossing: ReadonlySet<string> = new Set(),
): FreshSegments {
  const heard = withoutStoredCrossing(stored, allHeard, crossing);
  if (heard.length === 0) return { fresh: [], sameSpeakers: [] };
  const fromMs = Math.min(...heard.map(({ startMs }) => startMs)) - MAX_SKEW_MS;
  const untilMs = Math.max(...heard.map(({ endMs }) => endMs)) + MAX_SKEW_MS;
  const near = stored.filter(({ startMs, endMs }) => endMs >= fromMs && startMs <= untilMs);
  const unchanged = { fresh: [...heard], sameSpeakers: [] };
  if (near.length === 0) return unchanged;
  const before = near.flatMap(wordsOf).sort((a, b) => a.startMs - b.startMs);
  const after = heard.flatMap(wordsOf).sort((a, b) => a.startMs - b.startMs);
  const pairs = alikeInOrder(after, before);
  const inReach = after.filter((word) => isNear(word, before));
  if (pairs.length === 0 || pairs.length < inReach.length * MIN_SAME) return unchanged;
  const shiftMs = median(pairs.map(({ heard, stored }) => stored.startMs - heard.startMs));
  const known = new Set(pairs.map(({ heard }) => heard));
  const isKnown = (word: SpokenWord) => {
    const middle = (word.startMs + word.endMs) / 2 + shiftMs;
    return near.some((s) => middle >= s.startMs - EDGE_MS && middle <= s.endMs + EDGE_MS);
  };
  const gone = new Set(after.filter((word) => known.has(word) || isKnown(word)).map(wordKey));
  return {
    fresh: heard.flatMap((segment) => without(segment, gone)),
    sameSpeakers: pairs.map((pair) => ({
      heard: pair.heard.speaker,
      stored: pair.stored.speaker,
    })),
  };
}

/** Tells a word from others by its text and its time. */
export function wordKey({ text, startMs }: Pick<SpokenWord, 'text' | 'startMs'>): string {
  return `${startMs} ${text}`;
}

function withoutStoredCrossing(
  stored: readonly TranscriptSegment[],
  heard: readonly TranscriptSegment[],
  crossing: ReadonlySet<string>,
): readonly TranscriptSegment[] {
  if (crossing.size === 0) return heard;
  const before = stored.flatMap(wordsOf);
  const isStored = (word: Pick<SpokenWord, 'text' | 'startMs'>) =>
    before.some(
      ({ text, startMs }) =>
        Math.abs(startMs - word.startMs) <= SAME_MS && plain(text) === plain(word.text),
    );
  const words = heard.flatMap((segment) => segment.words);
  const gone = words.filter((word) => crossing.has(wordKey(word)) && isStored(word)).map(wordKey);
  return gone.length === 0 ? heard : heard.flatMap((segment) => without(segment, new Set(gone)));
}

function without(segment: TranscriptSegment, gone: ReadonlySet<string>): TranscriptSegment[] {
  const words = segment.words.filter((word) => !gone.has(wordKey(word)));
  const [first] = words;
  const last = words.at(-1);
  if (words.length === segment.words.length) return [segment];
  if (!first || !last) return [];
  const text = words.map((word) => word.text).join(' ');
  return [{ ...segment, text, words, startMs: first.startMs, endMs: last.endMs }];
}

/** The words of a segment; without their times they are taken to be spoken evenly. */
function wordsOf({ words, text, startMs, endMs, speaker }: TranscriptSegment): SpokenWord[] {
  if (words.length > 0) return words.map((word) => ({ ...word, speaker }));
  const texts = text.split(/\s+/u).filter((word) => word !== '');
  const stepMs = (endMs - startMs) / Math.max(1, texts.length);
  return texts.map((word, i) => ({
    text: word,
    startMs: Math.round(startMs + i * stepMs),
    endMs: Math.round(startMs + (i + 1) * stepMs),
    speaker,
  }));
}

function isNear(word: SpokenWord, words: readonly SpokenWord[]): boolean {
  const at = firstFrom(words, word.startMs - MAX_SKEW_MS);
  return (words[at]?.startMs ?? Number.POSITIVE_INFINITY) <= word.startMs + MAX_SKEW_MS;
}

/** Index of the first word that begins at a time or later. */
function firstFrom(words: readonly SpokenWord[], ms: number): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words[middle]?.startMs ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Pair {
  heard: SpokenWord;
  stored: SpokenWord;
}

/** The longest list of pairs of alike words in which both sides are in order (Hunt and Szymanski, 1977). */
function alikeInOrder(heard: readonly SpokenWord[], stored: readonly SpokenWord[]): Pair[] {
  const texts = stored.map(({ text }) => plain(text));
  /** For each length of a list: the smallest index of a stored word that such a list ends with. */
  const ends: { index: number; pair: Pair; before: number }[][] = [];
  for (const word of heard) {
    const text = plain(word.text);
    if (text === '') continue;
    const first = firstFrom(stored, word.startMs - MAX_SKEW_MS);
    const last = firstFrom(stored, word.startMs + MAX_SKEW_MS + 1) - 1;
    // From the last one on, so that a word is not used twice.
    for (let index = last; index >= first; index -= 1) {
      const other = stored[index];
      if (other && texts[index] === text) extend(ends, index, { heard: word, stored: other });
    }
  }
  return readBack(ends);
}

type Ends = { index: number; pair: Pair; before: number }[][];

function extend(ends: Ends, index: number, pair: Pair): void {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle]?.at(-1)?.index ?? 0) < index) low = middle + 1;
    else high = middle;
  }
  const list = ends[low] ?? [];
  if (list.at(-1)?.index === index) return;
  ends[low] = list;
  list.push({ index, pair, before: (ends[low - 1]?.length ?? 0) - 1 });
}

function readBack(ends: Ends): Pair[] {
  const pairs: Pair[] = [];
  let at = (ends.at(-1)?.length ?? 0) - 1;
  for (const list of [...ends].reverse()) {
    const end = list[at];
    if (!end) break;
    pairs.push(end.pair);
    at = end.before;
  }
  return pairs.reverse();
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
