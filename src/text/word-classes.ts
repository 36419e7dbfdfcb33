import { ENGLISH } from './en/english.ts';
import type { Language, WordClasses } from './language.ts';
import { LANGUAGES } from './languages.ts';
import { isUnspaced, letterCount } from './scripts.ts';
import { wordsOf } from './tokenizer.ts';

type WordClass = keyof WordClasses;

/** A word of fewer letters has no meaning of its own, in an alphabet. */
const LEAST_LETTERS = 3;

const GRAMMAR: readonly WordClass[] = ['empty', 'grammar', 'modals', 'light'];
const STOP: readonly WordClass[] = ['empty', 'grammar', 'light'];

const EMPTY_WORDS = wordSet([ENGLISH], ['empty']);
const FUNCTION_WORDS = wordSet([ENGLISH], ['empty', 'grammar', 'modals', 'fillers']);
const EVERYDAY_WORDS = wordSet([ENGLISH], ['light', 'everyday']);
const ASKING_WORDS = wordSet([ENGLISH], [...STOP, 'asking']);
const REQUEST_WORDS = wordSet([ENGLISH], ['requests']);
const PHATIC_WORDS = wordSet(LANGUAGES, ['phatic']);
const SMALL_IN_TITLES = wordSet([ENGLISH], ['smallInTitles']);
const STOP_WORDS = wordSet(LANGUAGES, STOP);
const GRAMMAR_WORDS = wordSet(LANGUAGES, GRAMMAR);

/** The words of the given classes, as they are written and without diacritics. */
function wordSet(languages: readonly Language[], classes: readonly WordClass[]): Set<string> {
  const words = languages.flatMap(({ words: table }) =>
    classes.flatMap((name) => table[name].trim().split(/\s+/)),
  );
  return new Set([...words, ...words.map(withoutDiacritics)]);
}

/** The word without accents. The marks of other scripts are letters: vowel signs, tones. */
function withoutDiacritics(word: string): string {
  return word
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
}

/** True for words that change no fact, such as "the", "is", "of". Takes lower case. */
export function isEmptyWord(lower: string): boolean {
  return EMPTY_WORDS.has(lower);
}

/** True for English words without subject matter, such as "because", "twelve", "tomorrow". */
export function isFunctionWord(lower: string): boolean {
  return (
    FUNCTION_WORDS.has(lower) ||
    /^\d{1,2}$/.test(lower) ||
    /n't$|^(?:i|you|he|she|it|we|they|that|there|what|who|here|let|how|where)'/.test(lower)
  );
}

/** True for English words too common to name a subject, function words included. */
export function isCommonWord(lower: string): boolean {
  return isFunctionWord(lower) || EVERYDAY_WORDS.has(lower);
}

/** True for words too common to decide what a query means, in any known language. */
export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(withoutDiacritics(word.toLowerCase()));
}

/** True if a word of an English question only says that something is asked. */
export function isAskingWord(word: string): boolean {
  return ASKING_WORDS.has(word.toLowerCase());
}

/** True for words with which people order a change of a task: they do not say which task. */
export function isRequestWord(lower: string): boolean {
  return REQUEST_WORDS.has(lower);
}

/** True for words of greetings, thanks and assent, in any known language. Takes lower case. */
export function isPhaticWord(lower: string): boolean {
  return PHATIC_WORDS.has(lower);
}

/** True for words that stay in lower case inside an English title. */
export function isSmallInTitles(lower: string): boolean {
  return SMALL_IN_TITLES.has(lower);
}

/**
 * True for a word that carries meaning, in any known language: a number, or a word of some length
 * that is no function word. Takes a word as `wordsOf` returns it.
 */
export function isContentWord(word: string): boolean {
  if (/\p{N}/u.test(word) || isUnspaced(word)) return true;
  return letterCount(word) >= LEAST_LETTERS && !GRAMMAR_WORDS.has(word);
}

/** Returns the words that carry the meaning of a text, each once, in the form of `wordsOf`. */
export function contentWordsOf(text: string): string[] {
  return [...new Set(wordsOf(text).filter(isContentWord))];
}
