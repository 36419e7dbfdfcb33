import type { ChangeKind } from '../model/collection.ts';

/** A document that has changed; `position` grows with each change of the user's documents. */
export interface LoggedChange {
  position: number;
  kind: ChangeKind;
  id: string;
}

/** Documents whose last change is remembered for clients that come back. */
const MAX_CHANGES = 1_000;

/**
 * The last changes of one user's documents. Each document stands in it once, at its last change, so
 * that a slow client hears of it once, too.
 */
export class ChangeLog {
  readonly #changes = new Map<string, LoggedChange>();
  readonly #waiting = new Set<() => void>();
  #position: number;
  /** Changes up to here may be missing. */
  #forgotten: number;

  /** @param position of the last change before the log began */
  constructor(position: number) {
    this.#position = position;
    this.#forgotten = position;
  }

  /** Position of the last change. */
  get position(): number {
    return this.#position;
  }

  add(changes: readonly { kind: ChangeKind; id: string }[]): void {
    for (const { kind, id } of changes) {
      const key = `${kind}:${id}`;
      this.#position += 1;
      // Deleted first: a map keeps the place of a key that is set again.
      this.#changes.delete(key);
      this.#changes.set(key, { position: this.#position, kind, id });
    }
    for (const [key, { position }] of this.#changes) {
      if (this.#changes.size <= MAX_CHANGES) break;
      this.#changes.delete(key);
      this.#forgotten = position;
    }
    for (const wake of this.#waiting) wake();
  }

  /** Returns the changes after a position, oldest first; null if some of them are forgotten. */
  since(position: number): LoggedChange[] | null {
    if (position < this.#forgotten || position > this.#position) return null;
    return [...this.#changes.values()].filter((change) => change.position > position);
  }

  /** Resolves at the next change, or as soon as `signal` is aborted. */
  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      if (signal.aborted) {
        resolve();
        return;
      }
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }
}
