import type { SttEvent } from '../stt/stt-event.ts';
import type { ListenEvent } from './listen-event.ts';

/** Who makes a session's words now, and what its client has been told of that. */
export class CurrentProvider {
  readonly #first: string;
  readonly #emit: (event: ListenEvent) => void;
  #name: string;
  #told: string;
  #overBudget = false;

  /**
   * @param first the first of the chain, which every stream begins with
   * @param emit told when the words come from another provider than the client knows of
   */
  constructor(first: string, emit: (event: ListenEvent) => void) {
    this.#first = first;
    this.#emit = emit;
    this.#name = first;
    this.#told = first;
  }

  get name(): string {
    return this.#name;
  }

  /** A stream begins; where it does not begin with the first, its events say so. */
  begin(): void {
    this.#name = this.#first;
  }

  take(event: SttEvent): void {
    if (event.type === 'provider-change') {
      this.#name = event.provider;
      this.#overBudget = event.overBudget;
    }
    const matters = event.type === 'provider-change' || event.type === 'transcript-final';
    if (!matters || this.#name === this.#told) return;
    const from = this.#told;
    this.#told = this.#name;
    const isFirst = this.#name === this.#first;
    const overBudget = this.#overBudget;
    this.#emit({ type: 'provider-changed', provider: this.#name, from, isFirst, overBudget });
  }
}
