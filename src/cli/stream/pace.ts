import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for moments of a recording that is played at a speed. Each moment is counted from the
 * start, so that late timers do not add up.
 */
export class Pace {
  readonly #speed: number;
  readonly #startedAt = performance.now();

  /** @param speed 1: real time; infinite: no waiting */
  constructor(speed: number) {
    this.#speed = speed;
  }

  /** Resolves when the recording has come to `atMs`. */
  async until(atMs: number): Promise<void> {
    if (this.#speed === Number.POSITIVE_INFINITY) return;
    const waitMs = this.#startedAt + atMs / this.#speed - performance.now();
    if (waitMs > 0) await sleep(waitMs);
  }
}
