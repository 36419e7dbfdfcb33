/** A set of words that also knows a word by its inflected forms. */
export class WordSet {
  readonly #words = new Set<string>();
  readonly #byPrefix = new Map<string, string[]>();

  constructor(words: Iterable<string>) {
    for (const word of words) {
      if (this.#words.has(word)) continue;
      this.#words.add(word);
      if (word.length < 4) continue;
      const prefix = word.slice(0, 4);
      this.#byPrefix.set(prefix, [...(this.#byPrefix.get(prefix) ?? []), word]);
    }
  }

  /** True for a word of the set, or one that differs in its ending only: `meet` and `meeting`. */
  has(word: string): boolean {
    if (this.#words.has(word)) return true;
    if (word.length < 4 || /\p{N}/u.test(word)) return false;
    return (this.#byPrefix.get(word.slice(0, 4)) ?? []).some((other) => {
      const needed = Math.min(word.length, other.length) - 1;
      return word.slice(0, needed) === other.slice(0, needed);
    });
  }
}
