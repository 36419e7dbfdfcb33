import { ENGLISH } from './en/english.ts';
import { KOREAN } from './ko/korean.ts';
import { takesParticles } from './scripts.ts';
import { tokenize } from './tokenizer.ts';
import { isFunctionWord } from './word-classes.ts';

/**
 * Returns what the forms of a word have in common ("cluster" for "clustering"). English endings and
 * Korean particles are cut off; a word of another language stays as it is in most cases.
 *
 * @param lower a word in lower case
 */
export function stemOf(lower: string): string {
  return takesParticles(lower) ? KOREAN.stem(lower) : ENGLISH.stem(lower);
}

/** Returns the stems of the English words that carry content, in order, repeats kept. */
export function contentStems(text: string): string[] {
  return tokenize(text.replaceAll('-', ' '))
    .filter((token) => !isFunctionWord(token.lower))
    .map((token) => stemOf(token.lower));
}
