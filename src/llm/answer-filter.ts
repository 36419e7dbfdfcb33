import type { PrintedCall } from './parse-printed-calls.ts';
import { PrintedCallFilter } from './printed-call-filter.ts';
import { type FilteredPart, ThoughtFilter } from './thought-filter.ts';

export type AnswerPart = FilteredPart | { type: 'call'; call: PrintedCall };

export interface AnswerFilterOptions {
  /** Names of the tools that the model was given. */
  offered: readonly string[];
  /** True to show nothing until it is known that the start of the answer is no thought. */
  holds: boolean;
}

/**
 * What a model says, while it comes: without its thoughts, and with calls of tools that it has
 * printed as text read as calls. `retract` takes back the words shown so far.
 */
export class AnswerFilter {
  readonly #offered: ReadonlySet<string>;
  readonly #thoughts: ThoughtFilter;
  #calls: PrintedCallFilter;

  constructor({ offered, holds }: AnswerFilterOptions) {
    this.#offered = new Set(offered);
    this.#thoughts = new ThoughtFilter(holds);
    this.#calls = new PrintedCallFilter(this.#offered);
  }

  /** True if a thought ended that had no beginning. */
  get sawUnopenedThought(): boolean {
    return this.#thoughts.sawUnopenedThought;
  }

  /** True if the answer had words of its own, and no thought. */
  get sawPlainAnswer(): boolean {
    return this.#thoughts.sawPlainAnswer;
  }

  push(text: string): AnswerPart[] {
    return this.#read(this.#thoughts.push(text));
  }

  /** The server sends thoughts apart from the answer: nothing has to be held back. */
  release(): AnswerPart[] {
    return this.#read(this.#thoughts.release());
  }

  /** Returns what still waits when the answer is over. */
  end(): AnswerPart[] {
    return [...this.#read(this.#thoughts.end()), ...this.#calls.end()];
  }

  #read(parts: readonly FilteredPart[]): AnswerPart[] {
    return parts.flatMap((part): AnswerPart[] => {
      if (part.type === 'text') return this.#calls.push(part.text);
      // What a thought has printed is no call either.
      this.#calls = new PrintedCallFilter(this.#offered);
      return [part];
    });
  }
}

/** A complete text of a model without thoughts and printed calls. */
export function cleanAnswer(text: string): string {
  const filter = new AnswerFilter({ offered: [], holds: true });
  let answer = '';
  for (const part of [...filter.push(text), ...filter.end()]) {
    if (part.type === 'retract') answer = '';
    else if (part.type === 'text') answer += part.text;
  }
  return answer.trim();
}

/** A complete text of a model without its thoughts alone, for a reader that looks for JSON in it. */
export function withoutThoughts(text: string): string {
  const filter = new ThoughtFilter(true);
  let answer = '';
  for (const part of [...filter.push(text), ...filter.end()]) {
    if (part.type === 'retract') answer = '';
    else answer += part.text;
  }
  return answer.trim();
}
