import type { ReplayableAudio } from '../../audio/replayable-audio.ts';
import { wait } from '../../kernel/backoff.ts';
import { untilAborted } from '../../kernel/until-aborted.ts';

/** Where the audio of a stream ends, and how long a provider that is down is waited for after that. */
export class StreamEnd {
  readonly #audio: ReplayableAudio;
  readonly #timeoutMs: number;
  /** Null while the audio goes on. */
  #endMs: number | null = null;
  /** How far the audio has been seen, by a connection or by the watch for its end. */
  #seenMs: number;
  /** `performance.now()` since when the audio has ended and the provider is down. */
  #drainingSince: number | null = null;

  /**
   * @param fromMs position that the stream starts at
   * @param timeoutMs how long a provider may stay down once the audio has ended
   */
  constructor(audio: ReplayableAudio, fromMs: number, timeoutMs: number) {
    this.#audio = audio;
    this.#seenMs = fromMs;
    this.#timeoutMs = timeoutMs;
  }

  /** How far the audio has been seen, milliseconds. */
  get seenMs(): number {
    return this.#seenMs;
  }

  /** Notes that a connection has read up to a position, and whether the audio ends there. */
  note(positionMs: number, isEnd: boolean): void {
    this.#seenMs = Math.max(this.#seenMs, positionMs);
    if (isEnd) this.#endMs = positionMs;
  }

  /** Notes that words became final: the time that a provider may stay down starts again. */
  progressed(): void {
    this.#drainingSince = null;
  }

  /** True if the audio has ended and everything before `cursorMs` is all of it. */
  isReached(cursorMs: number): boolean {
    return this.#endMs !== null && cursorMs >= this.#endMs - 1;
  }

  /**
   * Waits before the next connection.
   *
   * @throws `failure` if the provider has been down for too long after the end, and `aborted`
   */
  async waitBeforeRetry(failure: Error, delayMs: number, signal: AbortSignal): Promise<void> {
    const waiting = new AbortController();
    const either = AbortSignal.any([signal, waiting.signal]);
    try {
      await Promise.race([
        wait(delayMs, either),
        this.#deadline(either).then(() => Promise.reject(failure)),
      ]);
    } finally {
      waiting.abort();
    }
  }

  /** Resolves when the audio has ended and the time has passed since without progress. */
  async #deadline(signal: AbortSignal): Promise<void> {
    if (this.#endMs === null) {
      const rest = this.#audio.readFrom(this.#seenMs, signal);
      for await (const { startMs, durationMs } of untilAborted(rest, signal)) {
        this.#seenMs = Math.max(this.#seenMs, startMs + durationMs);
      }
      signal.throwIfAborted();
      this.#endMs = this.#seenMs;
    }
    this.#drainingSince ??= performance.now();
    const spentMs = performance.now() - this.#drainingSince;
    await wait(Math.max(0, this.#timeoutMs - spentMs), signal);
  }
}
