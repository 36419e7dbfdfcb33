import { AppError } from '../kernel/errors.ts';
import type { SttUsage } from '../model/usage/stt-usage.ts';

/** Audio of each kind, milliseconds; see `SttUsage`. */
export type SttAudioCounts = Pick<SttUsage, 'sentMs' | 'savedMs' | 'savableMs'>;

/** Counts a user's speech-to-text and compares it with the budgets. */
export interface SttMeter {
  /** Adds to the counts of a provider; a correction may be negative. */
  count(provider: string, counts: Partial<SttAudioCounts>): void;
  /**
   * True if today's budget is used up, as far as this process knows: the user's, or that of each of
   * the providers.
   */
  exhaustedFor(providers: readonly string[]): boolean;
  /** When today's budget is renewed, epoch milliseconds. */
  readonly renewsAt: number;
  /** Reads what was counted before this process began, and by others. */
  refresh(): Promise<void>;
}

/** A meter that counts nothing and knows no budget. */
export const UNMETERED: SttMeter = {
  count: () => undefined,
  exhaustedFor: () => false,
  renewsAt: 0,
  refresh: () => Promise.resolve(),
};

/** Counts what one connection is sent, and stops it when a budget is used up. */
export class ConnectionMeter {
  readonly #meter: SttMeter;
  readonly #provider: string;
  readonly #chain: readonly string[];
  #countedMs = 0;

  /**
   * @param provider name of the provider of the connection
   * @param chain names of all providers that the stream may use
   */
  constructor(meter: SttMeter, provider: string, chain: readonly string[]) {
    this.#meter = meter;
    this.#provider = provider;
    this.#chain = chain;
  }

  /**
   * Counts a batch of `durationMs` before it is sent. Returns false, and counts nothing, if the budgets of
   * all providers are used up: the audio then ends, so that the last words still come.
   *
   * @throws AppError `budget-used-up` if another provider can continue
   */
  admit(durationMs: number): boolean {
    if (this.#meter.exhaustedFor(this.#chain)) return false;
    if (this.#meter.exhaustedFor([this.#provider])) {
      throw new AppError('budget-used-up', 'The daily speech-to-text budget is used up.');
    }
    this.#count(durationMs);
    return true;
  }

  /** Replaces the count of this connection by the vendor's own, milliseconds. */
  settle(chargedMs: number): void {
    this.#count(chargedMs - this.#countedMs);
  }

  #count(ms: number): void {
    this.#countedMs += ms;
    this.#meter.count(this.#provider, { sentMs: ms });
  }
}
