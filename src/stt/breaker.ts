import type { AppError } from '../kernel/errors.ts';

export interface BreakerOptions {
  /** Failures in a row that open it; one that waiting does not mend soon opens it at once. */
  failures: number;
  /** How long it stays open first; doubles with each failed trial, up to `maxOpenMs`. */
  openMs: number;
  maxOpenMs: number;
  /** How long a trial may take before another one is allowed. */
  trialMs: number;
  /** Milliseconds of a clock that never goes back. */
  now: () => number;
}

export const BREAKER_DEFAULTS: BreakerOptions = {
  failures: 2,
  openMs: 5_000,
  maxOpenMs: 120_000,
  trialMs: 10_000,
  now: () => performance.now(),
};

/** Failures that the next session would meet as well: a wrong key, no credit, too many sessions. */
const OPENING_AT_ONCE: readonly AppError['code'][] = [
  'provider-unauthorized',
  'provider-quota',
  'invalid-model',
  'not-configured',
];
/** Failures that say nothing about the provider: what it was sent, or that it was left. */
const NOT_THE_PROVIDERS_FAULT: readonly AppError['code'][] = [
  'budget-used-up',
  // Sessions that it serves are served well.
  'provider-busy',
  'provider-rejected',
  'unsupported-codec',
  'aborted',
  'invalid-configuration',
];

/**
 * What all sessions of the process know about one provider. Closed: it is used. Open: it is passed
 * over while another provider is there. After a while (half-open) one session may try it; the others
 * wait for what comes of that.
 */
export class Breaker {
  readonly #o: BreakerOptions;
  #failures = 0;
  #openings = 0;
  #openUntil: number | null = null;
  #trialUntil = 0;
  #succeededAt = Number.NEGATIVE_INFINITY;

  constructor(options: BreakerOptions) {
    this.#o = options;
  }

  get state(): 'closed' | 'open' | 'half-open' {
    if (this.#openUntil === null) return 'closed';
    return this.#o.now() < this.#openUntil ? 'open' : 'half-open';
  }

  /** On the clock of the options, minus infinity if it never has. */
  get succeededAt(): number {
    return this.#succeededAt;
  }

  /** True if a connection may be made now: always while closed, once in a while after that. */
  get allows(): boolean {
    return this.state === 'closed' || (this.state === 'half-open' && !this.#trialRuns());
  }

  /** Takes the trial of a breaker that is not closed; ends with `succeeded` or `failed`, or in time. */
  beginTrial(): void {
    if (this.state !== 'closed') this.#trialUntil = this.#o.now() + this.#o.trialMs;
  }

  /** The provider has answered to audio, or to a check. */
  succeeded(): void {
    this.#failures = 0;
    this.#openings = 0;
    this.#openUntil = null;
    this.#trialUntil = 0;
    this.#succeededAt = this.#o.now();
  }

  failed(error: AppError): void {
    if (NOT_THE_PROVIDERS_FAULT.includes(error.code)) {
      this.#trialUntil = 0;
      return;
    }
    this.#failures += 1;
    const opens =
      this.#openUntil !== null ||
      this.#failures >= this.#o.failures ||
      OPENING_AT_ONCE.includes(error.code);
    // Sessions that were connected when it opened fail after it: they do not make it longer.
    if (!opens || this.state === 'open') return;
    const openMs = Math.min(this.#o.maxOpenMs, this.#o.openMs * 2 ** Math.min(this.#openings, 20));
    this.#openings += 1;
    this.#openUntil = this.#o.now() + openMs;
    this.#trialUntil = 0;
  }

  #trialRuns(): boolean {
    return this.#o.now() < this.#trialUntil;
  }
}

/** The breakers of a process, one a provider, shared by all its sessions. */
export class Breakers {
  readonly #o: BreakerOptions;
  readonly #breakers = new Map<string, Breaker>();

  constructor(options: Partial<BreakerOptions> = {}) {
    this.#o = { ...BREAKER_DEFAULTS, ...options };
  }

  of(provider: string): Breaker {
    let breaker = this.#breakers.get(provider);
    if (!breaker) {
      breaker = new Breaker(this.#o);
      this.#breakers.set(provider, breaker);
    }
    return breaker;
  }

  /** Forgets what is known of a provider: its key or address is another one now. */
  forget(provider: string): void {
    this.#breakers.delete(provider);
  }
}
