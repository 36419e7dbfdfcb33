import type { RouteChoice, SttRoute } from '../route-choice.ts';
import type { ProviderEvent } from '../stt-event.ts';

export interface ReturnMomentOptions {
  /** Unheard audio up to which the moment counts as quiet enough to change the provider. */
  quietMs: number;
  /** How long a quiet moment is waited for. */
  quietWithinMs: number;
}

/** Finds the moment to go back to a better provider: little is unheard, or it was waited for long. */
export class ReturnMoment {
  readonly #choice: Pick<RouteChoice, 'better'>;
  readonly #o: ReturnMomentOptions;
  /** `performance.now()` since when a better provider is there. */
  #betterSince: number | null = null;

  constructor(choice: Pick<RouteChoice, 'better'>, options: ReturnMomentOptions) {
    this.#choice = choice;
    this.#o = options;
  }

  /**
   * Returns the route to go to now, null if the connection is kept.
   *
   * @param unheardMs audio that was sent and is not final
   */
  find(event: ProviderEvent, unheardMs: number): SttRoute | null {
    if (event.type !== 'transcript-final') return null;
    const better = this.#choice.better();
    if (better === null) {
      this.#betterSince = null;
      return null;
    }
    const now = performance.now();
    this.#betterSince ??= now;
    const { quietMs, quietWithinMs } = this.#o;
    // A result without words comes some time after the audio: nothing is being said either.
    const limitMs = event.words.length === 0 ? 2 * quietMs : quietMs;
    if (unheardMs > limitMs && now - this.#betterSince < quietWithinMs) return null;
    this.#betterSince = null;
    return better;
  }
}
