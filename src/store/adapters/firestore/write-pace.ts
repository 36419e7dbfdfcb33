/** Firestore allows this many writes in a row to one document before they must slow down. */
const BURST = 20;
const PER_WRITE_MS = 1_000;
/** Longest pause after one commit, milliseconds. */
const MAX_PAUSE_MS = 2_000;
/** Full buckets are removed when there are this many. */
const MAX_PATHS = 5_000;

/**
 * Firestore allows about one write a second to one document, more for a short time; faster writes cause
 * contention. Each document has a token bucket that gains one token a second. A writer without a token
 * pauses after its commit, not before: what it wrote is visible at once, what it read does not become
 * stale while it waits, and its next commit contains what has gathered meanwhile.
 */
export class WritePace {
  /** By path: when its bucket is full again. */
  readonly #fullAt = new Map<string, number>();

  /** Records a commit to these documents at `now`. Returns the pause after it, milliseconds. */
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
