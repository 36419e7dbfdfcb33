/**
 * Knows whether a signal was aborted, and calls back when it is. One listener for many waits; and an `AbortSignal`
 * that is asked itself for each batch of audio is slow to say.
 */
export class AbortWatch {
  readonly #signal: AbortSignal;
  readonly #onAbort: () => void;
  #isAborted: boolean;

  /** @param onAbort called when the signal is aborted */
  constructor(signal: AbortSignal, onAbort: () => void) {
    this.#signal = signal;
    this.#isAborted = signal.aborted;
    this.#onAbort = () => {
      this.#isAborted = true;
      onAbort();
    };
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  get isAborted(): boolean {
    return this.#isAborted;
  }

  /** Stops listening to the signal. */
  end(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}
