import type { TranscriptSegment } from '../model/transcript-segment.ts';

/** New words on their way into the store. */
export interface PendingWords {
  segments: TranscriptSegment[];
  transcribedMs: number | null;
  receivedAt: number | null;
}

/** Words that wait for a commit: whatever has gathered while one ran shares the next one. */
export class WordQueue {
  readonly #commit: (batch: readonly PendingWords[]) => Promise<void>;
  readonly #onFailed: (error: unknown) => void;
  #waiting: PendingWords[] = [];
  #running: Promise<void> | undefined;

  /**
   * @param commit stores one batch; no other runs meanwhile
   * @param onFailed told of a batch that could not be stored; nothing more is committed of what waits
   */
  constructor(
    commit: (batch: readonly PendingWords[]) => Promise<void>,
    onFailed: (error: unknown) => void,
  ) {
    this.#commit = commit;
    this.#onFailed = onFailed;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Settles once nothing waits any more; undefined where nothing does. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  add(words: PendingWords): void {
    this.#waiting.push(words);
    this.#running ??= this.#commitAll().finally(() => {
      this.#running = undefined;
    });
  }

  /** Forgets what waits; what is being committed goes on. */
  drop(): void {
    this.#waiting = [];
  }

  async #commitAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#commit(batch);
      } catch (error) {
        this.#onFailed(error);
        return;
      }
    }
  }
}
