import type { Clock } from '../kernel/clock.ts';

/** Failures in a row after which a target is left alone. */
const FAILURES = 5;
/** How long it is left alone before one request tries again, milliseconds. */
const OPEN_MS = 30_000;
/** How often the others look while that one is under way, milliseconds. */
const PROBE_MS = 1_000;
/** After this long another one may try: the first was never sent. */
const PROBE_TIMEOUT_MS = 60_000;
/** Targets that are remembered; the oldest are forgotten first. */
const MAX_TARGETS = 2_000;

interface Target {
  failures: number;
  openUntil: number;
  /** Until when the one request that tries is waited for; 0 if there is none. */
  probedUntil: number;
}

/**
 * Remembers which receivers are down, by address without query, so that a dead one is not asked for
 * each event. Five failures in a row stop the requests for 30 s; then one tries for all.
 */
export class TargetBreakers {
  readonly #clock: Clock;
  readonly #targets = new Map<string, Target>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Asks to send to a target: 0 if it may be sent to now, else how long to wait, milliseconds. */
  enter(key: string): number {
    const target = this.#targets.get(key);
    if (!target || target.failures < FAILURES) return 0;
    const now = this.#clock.now();
    if (target.openUntil > now) return target.openUntil - now;
    if (target.probedUntil > now) return PROBE_MS;
    target.probedUntil = now + PROBE_TIMEOUT_MS;
    return 0;
  }

  /** Tells how a request that was let in has ended. */
  record(key: string, succeeded: boolean): void {
    const target = this.#targets.get(key) ?? { failures: 0, openUntil: 0, probedUntil: 0 };
    this.#targets.delete(key);
    if (succeeded) return;
    const failures = target.failures + 1;
    const openUntil = failures >= FAILURES ? this.#clock.now() + OPEN_MS : 0;
    this.#targets.set(key, { failures, openUntil, probedUntil: 0 });
    for (const oldest of this.#targets.keys()) {
      if (this.#targets.size <= MAX_TARGETS) break;
      this.#targets.delete(oldest);
    }
  }

  /** True while requests to the target are held back. */
  isOpen(key: string): boolean {
    const target = this.#targets.get(key);
    return target !== undefined && target.failures >= FAILURES;
  }
}

/** Returns what a target is known by: its address without query and fragment. */
export function targetKey(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
