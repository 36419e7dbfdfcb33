import type { Language, WordClasses } from './language.ts';
import { LANGUAGES } from './languages.ts';

/** Classes whose words hold a language together; content words and interjections travel between them. */
const CLASSES: readonly (keyof WordClasses)[] = ['empty', 'grammar', 'modals', 'light'];

const FUNCTION_WORDS: readonly (readonly [Language, ReadonlySet<string>])[] = LANGUAGES.map(
  (language) => [
    language,
    new Set(CLASSES.flatMap((name) => language.words[name].trim().split(/\s+/))),
  ],
);

/** A language, and how many of some words are function words of it. */
export interface LanguageShare {
  /** ISO 639-1. */
  code: string;
  words: number;
}

/**
 * Returns the known languages by how many of the words are function words of each, the most first;
 * in the order of the list of languages if they are as many.
 *
 * @param words in lower case
 */
export function likelyLanguages(words: readonly string[]): LanguageShare[] {
  return FUNCTION_WORDS.map(([{ code }, known]) => ({
    code,
    words: words.reduce((count, word) => count + (known.has(word) ? 1 : 0), 0),
  })).sort((a, b) => b.words - a.words);
}
