import type { AppError } from '../../kernel/errors.ts';
import type { RouteChoice, SttRoute } from '../route-choice.ts';

/** A provider that returned nothing for audio up to `untilMs`. */
interface Suspect {
  route: SttRoute;
  untilMs: number;
  error: AppError;
}

/** Remembers which provider may have stalled, until another one has heard the same audio. */
export class Suspicion {
  readonly #choice: Pick<RouteChoice, 'current' | 'suspected' | 'markFailed' | 'markHealthy'>;
  #suspect: Suspect | null = null;

  constructor(choice: Pick<RouteChoice, 'current' | 'suspected' | 'markFailed' | 'markHealthy'>) {
    this.#choice = choice;
  }

  /** Moves on from the current provider. Returns how long to wait before connecting, milliseconds. */
  begin(untilMs: number, error: AppError): number {
    this.#suspect = { route: this.#choice.current, untilMs, error };
    return this.#choice.suspected(error);
  }

  /** Takes a final result: with words, or without any up to `cursorMs`. */
  settle(route: SttRoute, hasWords: boolean, cursorMs: number): void {
    if (this.#suspect === null) return;
    const { route: suspect, untilMs, error } = this.#suspect;
    if (route === suspect) {
      this.#suspect = null;
    } else if (hasWords) {
      this.#suspect = null;
      this.#choice.markFailed(suspect, error);
    } else if (cursorMs >= untilMs) {
      this.#suspect = null;
      this.#choice.markHealthy(suspect);
    }
  }
}
