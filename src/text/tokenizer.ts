import { isUnspaced } from './scripts.ts';
import { segmentsOf } from './segments.ts';

/** A word of a text, as it stands there. */
export interface Token {
  text: string;
  /** In lower case, typographic apostrophes made plain. */
  lower: string;
  /** UTF-16 offset in the text. */
  index: number;
}

/**
 * Letters and digits with their marks (vowel signs, points, accents) and the joiners that belong
 * inside a word. FTS5's `unicode61` sees the same words.
 */
const RUN = '[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}\\u00ad\\u200c\\u200d]*';
const RUNS = new RegExp(RUN, 'gu');
const COMPOUNDS = new RegExp(`${RUN}(?:['’-]${RUN})*`, 'gu');
/** What two spellings of one word may differ in: Hebrew points, Arabic vowels, and joiners. */
const OPTIONAL_MARKS =
  /[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u00ad\u200c\u200d]/gu;

const wordSegmenter = new Intl.Segmenter('und', { granularity: 'word' });
const graphemeSegmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Returns the words of a text in any script, in order. Inner apostrophes and hyphens belong to the
 * word. Text without spaces between words (Chinese, Japanese, Thai, ...) is divided by dictionary.
 * The cost is linear in the length of the text.
 */
export function tokenize(text: string): Token[] {
  return [...scan(text, COMPOUNDS)].map(({ text: word, index }) => ({
    text: word,
    lower: word.toLowerCase().replaceAll('’', "'"),
    index,
  }));
}

/**
 * Returns the words of a text in the form in which words are compared, see `comparable`. "Don't" is
 * two words here, as it is in the search index.
 */
export function wordsOf(text: string): string[] {
  return [...scan(comparable(text), RUNS)].map((word) => word.text);
}

/**
 * Returns the words of a text in plain form, with runs of an unspaced script left whole: what a
 * search query consists of. "Don't" is two words.
 */
export function bareWords(text: string): string[] {
  return plainForm(text).match(RUNS) ?? [];
}

/** Returns the text with full-width and other compatibility letters made plain (NFKC), without optional marks. */
export function plainForm(text: string): string {
  const plain = text.normalize('NFKC').replace(OPTIONAL_MARKS, '');
  // NFKC takes the vowel "am" of Thai and Lao apart, which dictionaries know in one piece.
  return plain.replaceAll('\u0e4d\u0e32', '\u0e33').replaceAll('\u0ecd\u0eb2', '\u0eb3');
}

/** Returns the plain form of a text in lower case: the form in which texts are compared. */
export function comparable(text: string): string {
  return plainForm(text).toLowerCase();
}

/** Returns the characters of a text as readers see them: an emoji or a letter with its marks is one. */
export function graphemesOf(text: string): string[] {
  return Array.from(segmentsOf(graphemeSegmenter, text), ({ segment }) => segment);
}

function* scan(text: string, pattern: RegExp): Generator<{ text: string; index: number }> {
  for (const match of text.matchAll(pattern)) {
    const [word] = match;
    if (!isUnspaced(word)) {
      yield { text: word, index: match.index };
      continue;
    }
    yield* divide(word, match.index);
  }
}

/** Divides a run of an unspaced script into words by dictionary. */
function* divide(run: string, offset: number): Generator<{ text: string; index: number }> {
  for (const { segment, index, isWordLike } of segmentsOf(wordSegmenter, run)) {
    if (isWordLike) yield { text: segment, index: offset + index };
  }
}
