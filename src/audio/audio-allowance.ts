import type { Clock } from '../kernel/clock.ts';

/** How many times real time audio may arrive once the burst is used up. */
export const SUSTAINED_SPEED = 4;
/** Bytes that one millisecond of audio may have before it counts as more: 48 kHz, 16 bits, one channel. */
const BYTES_PER_MS = 96;

export interface AudioAllowanceOptions {
  /** Audio that may arrive at once, milliseconds; null: no limit. */
  burstMs: number | null;
  clock: Clock;
}

/**
 * Limits how fast the audio of one session may arrive: a token bucket in milliseconds of audio. It is
 * full at the start and refills at `SUSTAINED_SPEED` times real time. A frame costs its duration, or
 * what its bytes would last at 48 kHz PCM if that is longer, so that no format makes bytes cheap.
 */
export class AudioAllowance {
  readonly #burstMs: number;
  readonly #clock: Clock;
  #balanceMs: number;
  #countedAt: number;

  constructor({ burstMs, clock }: AudioAllowanceOptions) {
    this.#burstMs = burstMs ?? Number.POSITIVE_INFINITY;
    this.#clock = clock;
    this.#balanceMs = this.#burstMs;
    this.#countedAt = clock.now();
  }

  /**
   * Counts a frame that has arrived; it may put the allowance into debt.
   *
   * @returns the audio beyond the allowance now, milliseconds of audio; 0 if there is none
   */
  spend(durationMs: number, bytes: number): number {
    this.#refill();
    this.#balanceMs -= Math.max(durationMs, bytes / BYTES_PER_MS);
    return Math.max(0, -this.#balanceMs);
  }

  /** True if the allowance is as large as at the start. */
  get isFull(): boolean {
    this.#refill();
    return this.#balanceMs >= this.#burstMs;
  }

  /** Audio that has arrived beyond the allowance, milliseconds of audio; 0 if none has. */
  get debtMs(): number {
    this.#refill();
    return Math.max(0, -this.#balanceMs);
  }

  /** Time until the debt is paid, milliseconds; 0 if there is none. */
  get waitMs(): number {
    // Asked after each frame. Time only lowers a debt, so that without one no clock is read.
    return this.#balanceMs >= 0 ? 0 : Math.ceil(this.debtMs / SUSTAINED_SPEED);
  }

  #refill(): void {
    const now = this.#clock.now();
    // A clock that was set back gives nothing and takes nothing.
    const elapsedMs = Math.max(0, now - this.#countedAt);
    this.#countedAt = now;
    this.#balanceMs = Math.min(this.#burstMs, this.#balanceMs + elapsedMs * SUSTAINED_SPEED);
  }
}
