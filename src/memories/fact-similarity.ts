import { stemOf } from '../text/stems.ts';
import { wordsOf } from '../text/tokenizer.ts';
import { isEmptyWord } from '../text/word-classes.ts';

/** Two facts are the same if they share at least this part of their words. */
const SAME_FACT = 0.75;

/** Returns the words of a fact, lower-case, without grammatical endings and empty words. */
export function factWords(text: string): string[] {
  return wordsOf(text)
    .filter((word) => !isEmptyWord(word))
    .map(stemOf);
}

/** Returns true if two texts state the same fact, with words in another order or form. */
export function isSameFact(a: string, b: string): boolean {
  const [wordsA, wordsB] = [new Set(factWords(a)), new Set(factWords(b))];
  if (wordsA.size === 0 || wordsB.size === 0) return a.trim() === b.trim();
  // "No longer", "never": a text that differs by these states the opposite.
  if (hasNegation(a) !== hasNegation(b)) return false;
  if (haveOtherNumbers(a, b)) return false;
  const shared = [...wordsA].filter((word) => wordsB.has(word)).length;
  return shared / Math.max(wordsA.size, wordsB.size) >= SAME_FACT;
}

function hasNegation(text: string): boolean {
  return /\b(?:not|no|never|nor|without|cannot)\b|n['’]t\b/i.test(text);
}

/** "Phone number is 0151 555 0123" and "... 0188" share most of their words. */
function haveOtherNumbers(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => text.match(/\d+/g) ?? []);
  return one?.length === other?.length && one?.join(' ') !== other?.join(' ');
}
