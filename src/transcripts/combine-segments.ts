import type { TranscriptSegment, Word } from '../model/conversations/transcript-segment.ts';

/** A pause of this length or more keeps two segments of one speaker apart. */
const MAX_GAP_MS = 3_000;
/** A segment of this many characters that ends a sentence is not added to. */
const FULL_LENGTH = 125;
/**
 * Segments of more characters together are not joined: speech without punctuation would grow one
 * segment for ever, and each update would send all of it again.
 */
const MAX_LENGTH = 4_000;

const ENDERS = '.?!。！？؟۔।॥';
/**
 * A sentence with what stands before it. Enders inside a word, as in 1,250.50 or example.org, end
 * none; those of scripts that put no space after a sentence always do.
 */
const SENTENCE_END = new RegExp(`(?<![${ENDERS}])[${ENDERS}]+(?=\\s|$)|[。！？]+`, 'gu');

export interface CombinedSegments {
  /** The tail and everything after it, with their whole new text; what clients replace by id. */
  updated: TranscriptSegment[];
  /** Ids of stored segments that no longer exist. */
  removedIds: string[];
}

/**
 * Merges new segments among themselves and then into the last stored one, by the rules of Omi's
 * live socket: an unfinished sentence that the next speaker's words complete moves to where most
 * of it is; one speaker's words join while the pause is short and the segment not full, or if the next
 * words continue in lower case. The older id survives. Inputs are not changed.
 *
 * @param tail the last stored segment, null if there is none
 * @param incoming new segments in the order in which they were spoken
 */
export function combineSegments(
  tail: TranscriptSegment | null,
  incoming: readonly TranscriptSegment[],
): CombinedSegments {
  const among = fold([], incoming);
  // Words recovered late were spoken before the tail: they are no continuation of it.
  const first = among.list[0];
  const late = tail !== null && first !== undefined && first.startMs < tail.startMs;
  if (tail === null || late) {
    return { updated: among.list.map(tidy), removedIds: [] };
  }
  const { list, tailRemoved } = fold([tail], among.list);
  return { updated: list.map(tidy), removedIds: tailRemoved ? [tail.id] : [] };
}

function fold(
  start: readonly TranscriptSegment[],
  incoming: readonly TranscriptSegment[],
): { list: TranscriptSegment[]; tailRemoved: boolean } {
  const list = [...start];
  const tailId = start[0]?.id;
  for (const segment of incoming) {
    const last = list.pop();
    if (last) list.push(...combinePair(last, segment));
    else list.push(segment);
  }
  return { list, tailRemoved: tailId !== undefined && !list.some((s) => s.id === tailId) };
}

/** What becomes of two neighbours: one or two segments. */
function combinePair(a: TranscriptSegment, b: TranscriptSegment): TranscriptSegment[] {
  if (a.sttProvider !== b.sttProvider) return [a, b];
  // What the user has corrected stays as it is.
  if (a.originalText !== null || b.originalText !== null) return [a, b];
  if (a.text.length + b.text.length > MAX_LENGTH) return [a, b];
  const sameSpeaker = a.speaker === b.speaker || (a.isUser && b.isUser);
  if (!sameSpeaker) return moveUnfinishedSentence(a, b);
  const gap = b.startMs - a.endMs;
  const notFull = a.text.length < FULL_LENGTH || !endsSentence(a.text);
  if (a.speechProfileProcessed === b.speechProfileProcessed && gap < MAX_GAP_MS && notFull) {
    return [join(a, b)];
  }
  if (!endsSentence(a.text) && startsLowerCase(b.text)) return [join(a, b)];
  return [a, b];
}

function moveUnfinishedSentence(a: TranscriptSegment, b: TranscriptSegment): TranscriptSegment[] {
  if (!a.text.trim() || !b.text.trim()) return [a, b];
  const sentencesOfA = sentencesOf(a.text);
  const unfinished = sentencesOfA.at(-1) ?? '';
  if (endsSentence(unfinished)) return [a, b];
  const prefix = textBefore(a.text, unfinished);
  const sentencesOfB = sentencesOf(b.text);
  const firstOfB = sentencesOfB[0] ?? '';

  if (sentencesOfB.length >= 2 && firstOfB.length < unfinished.length) {
    const [moved, rest] = splitWords(b.words, firstOfB);
    return [
      { ...a, text: `${a.text} ${firstOfB}`, words: [...a.words, ...moved] },
      { ...b, text: b.text.trim().slice(firstOfB.length).trim(), words: rest },
    ];
  }
  const complete = endsSentence(b.text) && !startsLowerCase(b.text);
  if (sentencesOfB.length === 1 && !complete && b.text.length < unfinished.length) {
    return [{ ...join(a, b), endMs: Math.max(a.endMs, b.endMs) }];
  }
  if (unfinished.length < b.text.length) {
    const [kept, moved] = splitWords(a.words, prefix);
    const grown = { ...b, text: `${unfinished} ${b.text}`, words: [...moved, ...b.words] };
    if (!prefix) return [grown];
    return [{ ...a, text: prefix, words: kept, endMs: Math.min(a.endMs, b.startMs) }, grown];
  }
  return [a, b];
}

function join(a: TranscriptSegment, b: TranscriptSegment): TranscriptSegment {
  return {
    ...a,
    text: `${a.text} ${b.text}`,
    endMs: b.endMs,
    words: [...a.words, ...b.words],
  };
}

/** Words divided if the text `head`, which they begin with, ends; not all scripts have spaces. */
function splitWords(words: readonly Word[], head: string): [Word[], Word[]] {
  let left = lengthOf(head);
  const count = words.findIndex((word) => {
    const isBehind = left <= 0;
    left -= lengthOf(word.text);
    return isBehind;
  });
  return count < 0 ? [[...words], []] : [words.slice(0, count), words.slice(count)];
}

function lengthOf(text: string): number {
  return text.replace(/\s+/gu, '').length;
}

/** What a text says before its last part, as it stands there. */
function textBefore(text: string, last: string): string {
  return text.trim().slice(0, -last.length).trim();
}

function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  let from = 0;
  // A run of marks is looked at once, however long it is.
  for (const { index, 0: marks } of text.matchAll(SENTENCE_END)) {
    sentences.push(text.slice(from, index + marks.length).trim());
    from = index + marks.length;
  }
  return [...sentences, text.slice(from).trim()].filter((sentence) => sentence !== '');
}

function endsSentence(text: string): boolean {
  const last = text.trimEnd().at(-1);
  return last !== undefined && ENDERS.includes(last);
}

function startsLowerCase(text: string): boolean {
  const first = text.trimStart().at(0);
  return first !== undefined && first !== first.toUpperCase() && first === first.toLowerCase();
}

function tidy(segment: TranscriptSegment): TranscriptSegment {
  const text = segment.text
    .trim()
    .replace('  ', ' ')
    .replace(/ ,(?=\s|$)/, ',')
    .replace(/ \.(?=\s|$)/, '.')
    .replace(/ \?(?=\s|$)/, '?');
  return text === segment.text ? segment : { ...segment, text };
}
