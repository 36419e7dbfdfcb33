/** Words that say nothing about what a fact is about. */
const EMPTY_WORDS = new Set(
  'a an the is are was were be been has have had do does did of to in on at for with and or that this it its their his her my your our as by from now currently'.split(
    ' ',
  ),
);
/** Share of the words of both facts that are the same for them to say the same. */
const SAME_FACT = 0.75;

/** The words that a fact is made of, lower-case, without endings that only grammar needs. */
export function factWords(text: string): string[] {
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu);
  return (words ?? []).filter((word) => !EMPTY_WORDS.has(word)).map(stem);
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

function stem(word: string): string {
  return word.length > 4 ? word.replace(/(?:ing|ed|es|s)$/, '') : word.replace(/s$/, '');
}
