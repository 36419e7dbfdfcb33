import type { ConnectionAudio } from './connection-audio.ts';

/**
 * Gives a connection up that takes audio and answers nothing, or takes none although there is
 * some. Quiet while no audio comes, while the answers wait for their reader, and after the end of
 * the audio, which a provider limits by itself.
 */
export class StallWatch {
  readonly #timer: NodeJS.Timeout;
  readonly #audio: ConnectionAudio;
  readonly #timeoutMs: number;
  #answeredAt = performance.now();
  #sentMsThen = 0;
  #reading = true;
  #stalled = false;

  /** @param onStall called once */
  constructor(audio: ConnectionAudio, timeoutMs: number, onStall: () => void) {
    this.#audio = audio;
    this.#timeoutMs = timeoutMs;
    this.#timer = setInterval(
      () => {
        if (this.#stalled || !this.#isStalled()) return;
        this.#stalled = true;
        onStall();
      },
      Math.max(5, timeoutMs / 4),
    );
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  /** An answer came and is with the reader. */
  answered(): void {
    this.#reading = false;
  }

  /** The reader waits for the next answer. */
  resume(): void {
    this.#reading = true;
    this.#answeredAt = performance.now();
    this.#sentMsThen = this.#audio.sentMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #isStalled(): boolean {
    const now = performance.now();
    if (!this.#reading || this.#audio.ended || now - this.#answeredAt < this.#timeoutMs)
      return false;
    if (this.#audio.sentMs - this.#sentMsThen >= this.#timeoutMs) return true;
    const { heldSince } = this.#audio;
    return heldSince !== null && now - heldSince >= this.#timeoutMs;
  }
}
