/** Longest `[…]` that is held back to see whether it is a citation. */
const MAX_MARK = 32;
const OPEN_MARK = /^\[[\d,\s]*$/;
const MARK = /^\[([\d,\s]*\d[\d,\s]*)\]$/;

/**
 * Lets an answer through as it comes and keeps its citations honest: `[n]` passes if the n-th
 * conversation was really retrieved, and vanishes otherwise; `[1, 2]` becomes `[1][2]`. A mark may
 * come in several pieces, so what may become one waits.
 */
export class CitationFilter {
  readonly #isRetrieved: (n: number) => boolean;
  readonly #cited = new Set<number>();
  #held = '';

  constructor(isRetrieved: (n: number) => boolean) {
    this.#isRetrieved = isRetrieved;
  }

  /** Numbers that have passed, in the order of their first use. */
  get cited(): number[] {
    return [...this.#cited];
  }

  /** The next piece of the answer; answers what may be shown now. */
  push(text: string): string {
    let shown = '';
    for (const character of text) {
      if (this.#held === '') {
        if (character === '[') this.#held = character;
        else shown += character;
        continue;
      }
      this.#held += character;
      if (MARK.test(this.#held)) {
        shown += this.#marks();
        this.#held = '';
      } else if (!OPEN_MARK.test(this.#held) || this.#held.length > MAX_MARK) {
        // No mark after all; it may still be the beginning of the next one.
        const rest = character === '[' ? character : '';
        shown += rest === '' ? this.#held : this.#held.slice(0, -1);
        this.#held = rest;
      }
    }
    return shown;
  }

  /** What still waits when the answer is over. */
  end(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }

  #marks(): string {
    const numbers = (MARK.exec(this.#held)?.[1] ?? '').match(/\d+/g) ?? [];
    const valid = numbers.map(Number).filter((n) => this.#isRetrieved(n));
    for (const n of valid) this.#cited.add(n);
    return valid.map((n) => `[${n}]`).join('');
  }
}

/** An answer as it is stored: without its `[n]`. */
export function withoutCitations(text: string): string {
  return text.replace(/\[\d+\]/g, '').trim();
}
