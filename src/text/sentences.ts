import { LANGUAGES } from './languages.ts';

/** Marks that end a sentence if white space or nothing follows: not those in "1.5" or "a.org". */
const SPACED_ENDERS = '.?!…؟۔।॥';
/** Marks that always end a sentence: their scripts put no space after it. */
const UNSPACED_ENDERS = '。！？｡';
const CLOSERS = '["\'”’»)\\]」』）]*';

/** What may end a sentence. It always matches a whole run, so no text costs more than one pass. */
const END = new RegExp(`[${SPACED_ENDERS}${UNSPACED_ENDERS}]+${CLOSERS}|\\n`, 'gu');
const ALWAYS_ENDS = new RegExp(`[\\n${UNSPACED_ENDERS}]`, 'u');
const ENDS_WITH_ENDER = new RegExp(`[${SPACED_ENDERS}${UNSPACED_ENDERS}]${CLOSERS}$`, 'u');
/** A full stop that belongs to a short form: "Dr.", "e.g.", "a.m.". */
const SHORT_FORM = new RegExp(
  `(?:(?<![\\p{L}\\p{N}])(?:${words('abbreviations')})|(?<![\\p{L}\\p{N}])\\p{L}\\.\\p{L})\\.$`,
  'u',
);
/** "No. 5", but not "No. I cannot." */
const BEFORE_NUMBER = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words('numberAbbreviations')})\\.$`, 'u');
/** Characters before a full stop that are looked at: the longest short form. */
const LONGEST_SHORT_FORM = 16;

function words(field: 'abbreviations' | 'numberAbbreviations'): string {
  return LANGUAGES.flatMap((language) => language[field].split(/\s+/))
    .filter((word) => word !== '')
    .join('|');
}

/**
 * Returns the sentences of a text in any script, each with the white space after it: joined, they
 * are the text. A line break ends a sentence; a full stop in a number, an address or a short form
 * ("Dr.") does not. The cost is linear in the length of the text.
 */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  let from = 0;
  for (const match of text.matchAll(END)) {
    const end = match.index + match[0].length;
    if (end <= from) continue;
    const isEnd = ALWAYS_ENDS.test(match[0]) || !/\S/u.test(text.charAt(end));
    if (!isEnd || isShortForm(text, end)) continue;
    const next = end + leadingSpace(text, end);
    sentences.push(text.slice(from, next));
    from = next;
  }
  if (from < text.length) sentences.push(text.slice(from));
  return sentences;
}

/** True if a text ends a sentence. @param next the text that follows it, empty if nothing does */
export function endsSentence(text: string, next: string): boolean {
  return ENDS_WITH_ENDER.test(text) && !isShortForm(`${text} ${next}`, text.length);
}

function isShortForm(text: string, end: number): boolean {
  const before = text.slice(Math.max(0, end - LONGEST_SHORT_FORM), end);
  if (SHORT_FORM.test(before)) return true;
  return BEFORE_NUMBER.test(before) && /^\s*\d/.test(text.slice(end, end + 8));
}

function leadingSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/u.test(text.charAt(at))) at += 1;
  return at - from;
}
