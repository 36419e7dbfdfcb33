import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';

/** New words on their way into the store. */
export interface PendingWords {
  segments: TranscriptSegment[];
  transcribedMs: number | null;
  receivedAt: number | null;
}

/** Segments of one commit, so that no client's message keeps the others waiting for long. */
const MAX_SEGMENTS = 500;

/**
 * Words that wait for a commit: what has gathered while one ran shares the next one, up to
 * `MAX_SEGMENTS` segments.
 */
export class WordQueue {
  readonly #commit: (batch: readonly PendingWords[]) => Promise<void>;
  readonly #onFailed: (error: unknown) => void;
  #waiting: PendingWords[] = [];
  #running: Promise<void> | undefined;

  /**
   * @param commit stores one batch; no other runs meanwhile
   * @param onFailed called if a batch could not be stored; what waits then stays uncommitted
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

  /** Settles once nothing waits any more; undefined if nothing does. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  add(words: PendingWords): void {
    this.#waiting.push(...divided(words));
    this.#running ??= this.#commitAll().finally(() => {
      this.#running = undefined;
    });
  }

  /** Drops what waits; a commit that runs is completed. */
  drop(): void {
    this.#waiting = [];
  }

  async #commitAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#batchLength());
      try {
        await this.#commit(batch);
        if (this.#waiting.length > 0) await nextTurn();
      } catch (error) {
        this.#onFailed(error);
        return;
      }
    }
  }

  /** How many of those that wait fit into one commit; at least one. */
  #batchLength(): number {
    let segments = 0;
    const tooMany = this.#waiting.findIndex((words, i) => {
      segments += words.segments.length;
      return i > 0 && segments > MAX_SEGMENTS;
    });
    return tooMany === -1 ? this.#waiting.length : tooMany;
  }
}

/** The words in parts of at most `MAX_SEGMENTS`; only the last part moves the position. */
function divided(words: PendingWords): PendingWords[] {
  if (words.segments.length <= MAX_SEGMENTS) return [words];
  const parts: PendingWords[] = [];
  for (let at = 0; at < words.segments.length; at += MAX_SEGMENTS) {
    const segments = words.segments.slice(at, at + MAX_SEGMENTS);
    parts.push({ segments, transcribedMs: null, receivedAt: words.receivedAt });
  }
  const last = parts.pop();
  return last ? [...parts, { ...last, transcribedMs: words.transcribedMs }] : parts;
}
