/** Writes in a row that Firestore takes to one document before it has to go slower. */
const BURST = 20;
const PER_WRITE_MS = 1_000;
/** No writer is held up longer for one commit, whoever else has written. */
const MAX_PAUSE_MS = 2_000;
/** Documents that are remembered before those that have rested are forgotten. */
const MAX_PATHS = 5_000;

/**
 * Firestore takes about one write a second to one document, more for a while; what goes on faster
 * meets contention. Each document has a bucket of tokens that gains one a second. Whoever takes one
 * that is not there yet pauses after its commit: what was written is shown at once, nothing that was
 * read grows old while it waits, and the writer's next commit holds what has gathered meanwhile.
 */
export class WritePace {
  /** By path, the time at which its bucket is full again. */
  readonly #fullAt = new Map<string, number>();

  /** Notes a commit to these documents at `now`; answers the milliseconds to pause after it. */
  note(paths: Iterable<string>, now: number): number {
    let pause = 0;
    for (const path of new Set(paths)) {
      const latest = now + BURST * PER_WRITE_MS + MAX_PAUSE_MS;
      const fullAt = Math.max(now, this.#fullAt.get(path) ?? 0) + PER_WRITE_MS;
      this.#fullAt.set(path, Math.min(fullAt, latest));
      pause = Math.max(pause, Math.min(fullAt, latest) - now - BURST * PER_WRITE_MS);
    }
    if (this.#fullAt.size > MAX_PATHS) this.#forget(now);
    return pause;
  }

  #forget(now: number): void {
    for (const [path, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(path);
  }
}
