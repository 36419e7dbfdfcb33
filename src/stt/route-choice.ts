import type { ReplayableAudio } from '../audio/replayable-audio.ts';
import { type BackoffPolicy, backoffDelay } from '../kernel/backoff.ts';
import { type AppError, describeError, toAppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Breaker, Breakers } from './breaker.ts';
import type { SttMeter } from './stt-meter.ts';
import type { SttOptions, SttProvider } from './stt-provider.ts';

/** One way to have a stream transcribed: by whom, asked for what, from audio in a form it takes. */
export interface SttRoute {
  provider: SttProvider;
  options: SttOptions;
  audio: ReplayableAudio;
  /**
   * Speech without any result after which another provider is asked, if there is another,
   * milliseconds.
   */
  responseTimeoutMs: number;
}

export interface RouteChoiceOptions {
  backoff: BackoffPolicy;
  breakers: Breakers;
  /** Knows which providers have used up their budget; these are not asked. */
  meter: SttMeter;
  logger: Logger;
  /** How long a stream stays with another provider at least before it looks for the better one. */
  returnAfterMs: number;
  /** The same if the better one has disappointed again and again. */
  maxReturnAfterMs: number;
}

/** A provider that fails again so soon after its return has not recovered. */
const PROVEN_MS = 5 * 60_000;
const MAX_RESPONSE_TIMEOUT_MS = 60_000;

/**
 * Decides whom the next connection of a stream goes to: the first of the chain that works. After a
 * failure the next one, at once; after all have failed, again, with growing pauses; back to a better
 * one once a check of it has succeeded.
 */
export class RouteChoice {
  readonly #routes: readonly SttRoute[];
  readonly #o: RouteChoiceOptions;
  readonly #signal: AbortSignal;
  /** Failed since the stream last made progress. */
  readonly #tried = new Set<SttRoute>();
  readonly #leftAt = new Map<SttRoute, number>();
  readonly #responseTimeouts = new Map<SttRoute, number>();
  #current: SttRoute;
  #rounds = 0;
  #roundIsLasting = true;
  #returnAfterMs: number;
  #returnAt = 0;
  #returnedAt = Number.NEGATIVE_INFINITY;
  #checking = false;
  #recovered: SttRoute | null = null;

  /** @param routes in order of preference, at least one */
  constructor(routes: readonly SttRoute[], options: RouteChoiceOptions, signal: AbortSignal) {
    const [first] = routes;
    if (first === undefined) throw new RangeError('A stream needs at least one provider.');
    this.#routes = routes;
    this.#o = options;
    this.#signal = signal;
    this.#returnAfterMs = options.returnAfterMs;
    this.#current = first;
    this.#take(routes.find((route) => this.#mayBeAsked(route)) ?? first);
    // The ones before it are out of order already; they are looked for as if they had failed now.
    if (this.#current !== first) this.#returnAt = performance.now() + this.#returnAfterMs;
  }

  get first(): SttRoute {
    return this.#routes[0] ?? this.#current;
  }

  /** True if the provider of that name is of this chain and has used up its budget. */
  isOverBudget(provider: string): boolean {
    return this.#routes.some(
      (route) => route.provider.name === provider && !this.#isAffordable(route),
    );
  }

  get current(): SttRoute {
    return this.#current;
  }

  /** True while every provider of the chain may still be asked without a pause. */
  get isFirstRound(): boolean {
    return this.#rounds === 0;
  }

  /** Speech without a result after which the current provider is suspected to have stalled; null if there is no other. */
  get responseTimeoutMs(): number | null {
    if (this.#next() === undefined) return null;
    return this.#responseTimeouts.get(this.#current) ?? this.#current.responseTimeoutMs;
  }

  /** Words have come, or the assurance that there are none. */
  progressed(): void {
    this.#tried.clear();
    this.#rounds = 0;
    this.#roundIsLasting = true;
    this.#breaker(this.#current).succeeded();
  }

  /** The current one has failed: moves on, and returns how long to wait before connecting. */
  failed(error: AppError): number {
    this.#breaker(this.#current).failed(error);
    return this.#leave(error);
  }

  /** Moves on from one that may be well: `markFailed` or `markHealthy` follows when that is known. */
  suspected(error: AppError): number {
    return this.#leave(error);
  }

  /** Another provider has recognised words in audio for which this one returned none. */
  markFailed(route: SttRoute, error: AppError): void {
    this.#breaker(route).failed(error);
  }

  /** No provider recognised words: this one gets a longer timeout and may be used again. */
  markHealthy(route: SttRoute): void {
    const responseTimeoutMs = this.#responseTimeouts.get(route) ?? route.responseTimeoutMs;
    this.#responseTimeouts.set(route, Math.min(MAX_RESPONSE_TIMEOUT_MS, responseTimeoutMs * 2));
    this.#recovered = route;
    this.#returnAt = 0;
  }

  /**
   * The route to go back to, null if there is none. Looks for one in the background, so that a
   * later call may have it.
   */
  better(): SttRoute | null {
    const place = this.#routes.indexOf(this.#current);
    if (place === 0 || performance.now() < this.#returnAt || this.#checking) return null;
    const recovered = this.#recovered;
    if (recovered && this.#isAffordable(recovered) && this.#routes.indexOf(recovered) < place) {
      return recovered;
    }
    const candidate = this.#routes.slice(0, place).find((route) => this.#mayBeAsked(route));
    if (candidate === undefined) return null;
    const leftAt = this.#leftAt.get(candidate) ?? Number.POSITIVE_INFINITY;
    if (this.#breaker(candidate).succeededAt > leftAt) return candidate;
    void this.#check(candidate);
    return null;
  }

  goTo(route: SttRoute): void {
    this.#recovered = null;
    this.#returnedAt = performance.now();
    this.#take(route);
  }

  /** Starts again with the first route that may be asked, as after a long pause. */
  startOver(): void {
    this.#tried.clear();
    this.#rounds = 0;
    this.#recovered = null;
    this.#take(this.#routes.find((route) => this.#mayBeAsked(route)) ?? this.first);
  }

  #leave(error: AppError): number {
    const now = performance.now();
    this.#tried.add(this.#current);
    this.#leftAt.set(this.#current, now);
    if (this.#recovered === this.#current) this.#recovered = null;
    const { returnAfterMs, maxReturnAfterMs, backoff } = this.#o;
    this.#returnAfterMs =
      now - this.#returnedAt < PROVEN_MS
        ? Math.min(maxReturnAfterMs, this.#returnAfterMs * 2)
        : returnAfterMs;
    this.#returnAt = now + this.#returnAfterMs;
    if (error.retryable) this.#roundIsLasting = false;
    const next = this.#next();
    if (next !== undefined) {
      this.#take(next);
      return 0;
    }
    this.#tried.clear();
    this.#rounds += 1;
    const delayMs = this.#roundIsLasting ? backoff.maxMs : backoffDelay(backoff, this.#rounds - 1);
    this.#roundIsLasting = true;
    // If all are out of order they take turns, so that whichever recovers first is found.
    const affordable = this.#routes.filter((route) => this.#isAffordable(route));
    const turn = affordable[this.#rounds % affordable.length] ?? this.#current;
    this.#take(this.#routes.find((route) => this.#mayBeAsked(route)) ?? turn);
    return delayMs;
  }

  /** Who could be asked instead of the current one now. */
  #next(): SttRoute | undefined {
    return this.#routes.find(
      (route) => route !== this.#current && !this.#tried.has(route) && this.#mayBeAsked(route),
    );
  }

  #mayBeAsked(route: SttRoute): boolean {
    return this.#isAffordable(route) && this.#breaker(route).allows;
  }

  #isAffordable(route: SttRoute): boolean {
    return !this.#o.meter.exhaustedFor([route.provider.name]);
  }

  #take(route: SttRoute): void {
    this.#current = route;
    this.#breaker(route).beginTrial();
  }

  async #check(route: SttRoute): Promise<void> {
    const breaker = this.#breaker(route);
    const { provider } = route;
    this.#checking = true;
    breaker.beginTrial();
    try {
      await provider.check(this.#signal);
      breaker.succeeded();
      this.#recovered = route;
    } catch (thrown) {
      const error = toAppError(thrown);
      if (this.#signal.aborted) return;
      breaker.failed(error);
      this.#returnAfterMs = Math.min(this.#o.maxReturnAfterMs, this.#returnAfterMs * 2);
      this.#returnAt = performance.now() + this.#returnAfterMs;
      const reason = describeError(error);
      this.#o.logger.info({ provider: provider.name, reason }, 'stt provider still failing');
    } finally {
      this.#checking = false;
    }
  }

  #breaker(route: SttRoute): Breaker {
    return this.#o.breakers.of(route.provider.name);
  }
}
