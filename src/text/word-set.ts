/** Beginnings that inflected forms share are no shorter. */
const LEAST = 4;
/** Longer words are compared as a whole: what people inflect is shorter. */
const LONGEST = 48;

/** A set of words that also knows a word by its inflected forms. The cost is linear in the words. */
export class WordSet {
  readonly #words = new Set<string>();
  /** All beginnings of the words. */
  readonly #beginnings = new Set<string>();
  /** The words without their last letter. */
  readonly #stems = new Set<string>();

  constructor(words: Iterable<string>) {
    for (const word of words) {
      if (this.#words.has(word)) continue;
      this.#words.add(word);
      if (word.length < LEAST || word.length > LONGEST) continue;
      for (let end = LEAST; end <= word.length; end += 1) this.#beginnings.add(word.slice(0, end));
      this.#stems.add(withoutLast(word));
    }
  }

  /** True for a word of the set, or one that differs in its ending only: `meet` and `meeting`. */
  has(word: string): boolean {
    if (this.#words.has(word)) return true;
    if (word.length < LEAST || word.length > LONGEST || /\p{N}/u.test(word)) return false;
    if (this.#beginnings.has(withoutLast(word))) return true;
    for (let end = LEAST; end < word.length; end += 1) {
      if (this.#stems.has(word.slice(0, end))) return true;
    }
    return false;
  }
}

function withoutLast(word: string): string {
  return word.slice(0, Math.max(LEAST, word.length - 1));
}
