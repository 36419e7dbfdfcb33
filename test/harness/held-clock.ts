import type { Clock } from '../../src/kernel/clock.ts';

/** 2026-05-04T10:00:00Z, the time at which the clocks of tests stand. */
export const NOW = Date.UTC(2026, 4, 4, 10, 0, 0);

/** A clock that stands until it is moved. */
export class HeldClock implements Clock {
  #now: number;

  /** @param now epoch milliseconds */
  constructor(now = NOW) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}
