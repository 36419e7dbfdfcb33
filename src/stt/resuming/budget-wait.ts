import { wait } from '../../kernel/backoff.ts';
import type { SttEvent } from '../stt-event.ts';
import type { SttMeter } from '../stt-meter.ts';

export interface BudgetWaitOptions {
  meter: SttMeter;
  /** How often a stream without budget looks if there is one again, at least; milliseconds. */
  recheckMs: number;
  /** Names of the providers that the stream may use. */
  chain: readonly string[];
  signal: AbortSignal;
}

/** Holds a stream back while the budgets of all its providers are used up. */
export class BudgetWait {
  readonly #o: BudgetWaitOptions;

  constructor(options: BudgetWaitOptions) {
    this.#o = options;
  }

  /** Reads the budgets before the first connection. */
  async begin(): Promise<void> {
    await this.#o.meter.refresh();
  }

  /**
   * Gives `budget-exhausted` and waits until a budget is renewed. Returns true if it had to wait.
   *
   * @throws an error if the signal is aborted
   */
  async *pass(): AsyncGenerator<SttEvent, boolean, undefined> {
    const { meter, recheckMs, chain, signal } = this.#o;
    if (!meter.exhaustedFor(chain)) return false;
    yield { type: 'budget-exhausted', renewsAt: meter.renewsAt };
    while (meter.exhaustedFor(chain)) {
      await wait(recheckMs, signal);
      await meter.refresh();
    }
    return true;
  }
}
