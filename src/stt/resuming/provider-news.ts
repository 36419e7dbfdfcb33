import type { Logger } from '../../kernel/logger.ts';
import type { RouteChoice } from '../route-choice.ts';
import type { ProviderChange, ProviderStatus, SttEvent } from '../stt-event.ts';

/** Tells the reader of a stream which provider listens, and in what state it is; each change once. */
export class ProviderNews {
  readonly #choice: Pick<RouteChoice, 'current' | 'isOverBudget'>;
  readonly #logger: Logger;
  #state: ProviderStatus['state'] | null = null;
  /** Name of the provider that the reader believes to be listening. */
  #announced: string;
  #lastFailure: string | null = null;

  /** @param first name of the provider that the reader expects */
  constructor(
    choice: Pick<RouteChoice, 'current' | 'isOverBudget'>,
    first: string,
    logger: Logger,
  ) {
    this.#choice = choice;
    this.#announced = first;
    this.#logger = logger;
  }

  /** Notes why the last connection ended. */
  noteFailure(reason: string): void {
    this.#lastFailure = reason;
  }

  /** Forgets all that was told, as after a long pause. */
  startOver(): void {
    this.#state = null;
    this.#lastFailure = null;
  }

  /** The current provider has taken the connection. */
  *connected(): Generator<SttEvent, void, undefined> {
    yield* this.report('connected', null);
    const provider = this.#choice.current.provider.name;
    if (provider === this.#announced) return;
    const change: ProviderChange = {
      type: 'provider-change',
      provider,
      from: this.#announced,
      reason: this.#lastFailure,
      overBudget: this.#choice.isOverBudget(this.#announced),
    };
    this.#logger.info({ ...change, type: undefined }, 'stt provider changed');
    this.#announced = provider;
    this.#lastFailure = null;
    yield change;
  }

  *report(
    state: ProviderStatus['state'],
    reason: string | null,
  ): Generator<ProviderStatus, void, undefined> {
    if (state === this.#state) return;
    this.#state = state;
    const provider = this.#choice.current.provider.name;
    this.#logger.info({ provider, state, reason }, 'stt state');
    yield { type: 'provider-status', state, reason };
  }
}
