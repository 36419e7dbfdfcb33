import type { SttEvent } from '../stt/stt-event.ts';
import type { ListenEvent } from './listen-event.ts';

/** Which provider makes a session's words, and which one its client knows of. */
export class CurrentProvider {
  readonly #first: string;
  readonly #emit: (event: ListenEvent) => void;
  #name: string;
  #toldName: string;
  #overBudget = false;

  /**
   * @param first name of the provider that every stream starts with
   * @param emit called when another provider makes the words than the client knows of
   */
  constructor(first: string, emit: (event: ListenEvent) => void) {
    this.#first = first;
    this.#emit = emit;
    this.#name = first;
    this.#toldName = first;
  }

  get name(): string {
    return this.#name;
  }

  /** A stream starts. If it does not start with the first provider, its events say so. */
  beginStream(): void {
    this.#name = this.#first;
  }

  take(event: SttEvent): void {
    if (event.type === 'provider-change') {
      this.#name = event.provider;
      this.#overBudget = event.overBudget;
    }
    if (event.type !== 'provider-change' && event.type !== 'transcript-final') return;
    if (this.#name === this.#toldName) return;
    const from = this.#toldName;
    this.#toldName = this.#name;
    const isFirst = this.#name === this.#first;
    const overBudget = this.#overBudget;
    this.#emit({ type: 'provider-changed', provider: this.#name, from, isFirst, overBudget });
  }
}
