/**
 * Yields the values of `source` until it ends or `signal` is aborted. An abort ends the stream at once,
 * even while the source waits for its next value; `return` of the source is called and not awaited.
 * Errors of the source are thrown unless the abort came first.
 *
 * All live audio passes through here, so it uses one listener for the whole iteration and no generator
 * between source and reader.
 */
export function untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]: () => new AbortableIterator(source[Symbol.asyncIterator](), signal),
  };
}

class AbortableIterator<T> implements AsyncIterator<T, undefined> {
  readonly #source: AsyncIterator<T>;
  readonly #signal: AbortSignal;
  /** Ends the read that is waiting. */
  #release: ((result: IteratorResult<T, undefined>) => void) | undefined;
  #ended = false;

  constructor(source: AsyncIterator<T>, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => {
    this.#release?.({ value: undefined, done: true });
    this.#leave();
  };

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#signal.aborted) this.#leave();
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => {
      this.#release = resolve;
      this.#source.next().then(
        (result) => {
          this.#release = undefined;
          if (result.done) this.#end();
          resolve(result.done ? { value: undefined, done: true } : result);
        },
        (error: unknown) => {
          this.#release = undefined;
          this.#end();
          reject(error);
        },
      );
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#leave();
    return Promise.resolve({ value: undefined, done: true });
  }

  /** The source has ended by itself. */
  #end(): void {
    this.#ended = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  /** Calls `return` of the source. */
  #leave(): void {
    if (this.#ended) return;
    this.#end();
    // Not awaited: a generator that waits for a value returns only when that wait is over.
    this.#source.return?.().then(ignoreLateEnd, ignoreLateEnd);
  }
}

function ignoreLateEnd(): void {
  // The reader is gone, so an error of the source is of no interest.
}

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
