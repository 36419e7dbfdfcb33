/** An iterator that can be ended before its last value. */
export interface ClosableIterator<T> extends AsyncIterator<T, undefined> {
  return(): Promise<IteratorResult<T, undefined>>;
}

/**
 * A bounded queue with one consumer, read as an async iterable. `push` never blocks and never throws:
 * it returns whether the value was taken, so that the producer decides what to do when the queue is
 * full (drop and count, close, or spill to disk).
 */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #capacity: number;
  #values: T[] = [];
  #head = 0;
  #waiting:
    | { resolve: (r: IteratorResult<T, undefined>) => void; reject: (e: unknown) => void }
    | undefined;
  #ended = false;
  #failure: { error: unknown } | undefined;

  /** @param capacity the largest number of values that may wait. Default: unlimited */
  constructor(capacity = Number.POSITIVE_INFINITY) {
    this.#capacity = capacity;
  }

  /** Number of values that wait to be read. */
  get size(): number {
    return this.#values.length - this.#head;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Adds a value. Returns false if the queue has ended or is full. */
  push(value: T): boolean {
    if (this.#ended) return false;
    if (this.#waiting) {
      const { resolve } = this.#waiting;
      this.#waiting = undefined;
      resolve({ value, done: false });
      return true;
    }
    if (this.size >= this.#capacity) return false;
    this.#values.push(value);
    return true;
  }

  /** Ends the queue; values that wait are still read. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#waiting?.resolve({ value: undefined, done: true });
    this.#waiting = undefined;
  }

  /** Ends the queue; after the values that wait, the reader gets `error`. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#waiting) {
      this.#waiting.reject(error);
      this.#waiting = undefined;
    } else {
      this.#failure = { error };
    }
  }

  /** Takes the next value without waiting; `undefined` if there is none. */
  shift(): T | undefined {
    if (this.#head >= this.#values.length) return undefined;
    const value = this.#values[this.#head];
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#values.length) {
      this.#values = this.#values.slice(this.#head);
      this.#head = 0;
    }
    return value;
  }

  [Symbol.asyncIterator](): ClosableIterator<T> {
    return {
      next: () => {
        if (this.size > 0) {
          return Promise.resolve({ value: this.shift() as T, done: false });
        }
        if (this.#failure) {
          const { error } = this.#failure;
          this.#failure = undefined;
          return Promise.reject(error);
        }
        if (this.#ended) return Promise.resolve({ value: undefined, done: true });
        return new Promise((resolve, reject) => {
          this.#waiting = { resolve, reject };
        });
      },
      return: () => {
        this.end();
        this.#values = [];
        this.#head = 0;
        return Promise.resolve({ value: undefined, done: true });
      },
    };
  }
}
