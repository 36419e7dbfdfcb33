import { stemOf } from '../text/stems.ts';
import { wordsOf } from '../text/tokenizer.ts';
import { isEmptyWord } from '../text/word-classes.ts';

/** Share of the words of both facts that are the same for them to say the same. */
const SAME_FACT = 0.75;

/** The words that a fact is made of, lower-case, without endings that only grammar needs. */
export function factWords(text: string): string[] {
  return wordsOf(text)
    .filter((word) => !isEmptyWord(word))
    .map(stemOf);
}

/** True where two texts state the same fact in other words' order or forms. */
export function isSameFact(a: string, b: string): boolean {
  const [wordsA, wordsB] = [new Set(factWords(a)), new Set(factWords(b))];
  if (wordsA.size === 0 || wordsB.size === 0) return a.trim() === b.trim();
  // "No longer", "never": what differs by these says the opposite.
  if (hasNegation(a) !== hasNegation(b)) return false;
  const shared = [...wordsA].filter((word) => wordsB.has(word)).length;
  return shared / Math.max(wordsA.size, wordsB.size) >= SAME_FACT;
}

function hasNegation(text: string): boolean {
  return /\b(?:not|no|never|nor|without|cannot)\b|n['’]t\b/i.test(text);
}
