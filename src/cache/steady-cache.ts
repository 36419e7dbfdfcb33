import type { Clock } from '../kernel/clock.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Cache, CountedWindow, HeldLock } from './cache.ts';

/** Failures in a row after which the engine is left alone. */
const FAILURES = 2;
/** Pause between two looks at an engine that is out, milliseconds. */
const LOOK_AGAIN_MS = 500;
/** Values that could not be forgotten are remembered up to this many; beyond, none is trusted for a while. */
const MAX_OWED = 10_000;

export interface CacheHealth {
  engine: 'in-process' | 'redis';
  state: 'up' | 'down';
  /** Since when, epoch milliseconds. */
  since: number;
  /** Calls that failed or were not tried, since the start. */
  failures: number;
}

/**
 * A cache that is never waited for: after two failures in a row its engine is left alone and every
 * call fails at once, until a look in the background finds it answering. Values that were to be
 * forgotten meanwhile are forgotten before anything is read again.
 */
export class SteadyCache implements Cache {
  readonly engine: Cache['engine'];
  readonly isShared: boolean;
  readonly #inner: Cache;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #owed = new Set<string>();
  #distrustAll = false;
  #inARow = 0;
  #failures = 0;
  #since: number;
  #down = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(inner: Cache, deps: { clock: Clock; logger: Logger }) {
    this.#inner = inner;
    this.engine = inner.engine;
    this.isShared = inner.isShared;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    this.#since = deps.clock.now();
  }

  get health(): CacheHealth {
    const { engine } = this;
    const state = this.#down ? 'down' : 'up';
    return { engine, state, since: this.#since, failures: this.#failures };
  }

  async get(key: string): Promise<string | undefined> {
    if (this.#distrustAll || this.#owed.has(key)) return undefined;
    return this.#try(() => this.#inner.get(key));
  }

  set(key: string, value: string, ttlMs: number | null): Promise<void> {
    return this.#try(() => this.#inner.set(key, value, ttlMs));
  }

  async delete(keys: readonly string[]): Promise<void> {
    try {
      await this.#try(() => this.#inner.delete(keys));
    } catch (error) {
      // What should be forgotten and may not be is not read before it is.
      for (const key of keys) this.#owed.add(key);
      this.#stepAside(error);
      throw error;
    }
  }

  increment(key: string, by: number, ttlMs: number): Promise<CountedWindow> {
    return this.#try(() => this.#inner.increment(key, by, ttlMs));
  }

  acquireLock(name: string, ttlMs: number): Promise<HeldLock | undefined> {
    return this.#try(() => this.#inner.acquireLock(name, ttlMs));
  }

  releaseLock(lock: HeldLock): Promise<boolean> {
    return this.#try(() => this.#inner.releaseLock(lock));
  }

  appear(place: string, member: string, ttlMs: number): Promise<void> {
    return this.#try(() => this.#inner.appear(place, member, ttlMs));
  }

  leave(place: string, member: string): Promise<void> {
    return this.#try(() => this.#inner.leave(place, member));
  }

  presentAt(place: string): Promise<string[]> {
    return this.#try(() => this.#inner.presentAt(place));
  }

  publish(channel: string, message: string): Promise<void> {
    return this.#try(() => this.#inner.publish(channel, message));
  }

  /** Never fails for the engine's sake: it listens from when the engine is there. */
  subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>> {
    return this.#inner.subscribe(channel, listener);
  }

  ping(): Promise<void> {
    return this.#try(() => this.#inner.ping());
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#inner.close();
  }

  async #try<R>(call: () => Promise<R>): Promise<R> {
    if (this.#down) {
      this.#failures += 1;
      throw new AppError('provider-unavailable', 'The cache is out of reach.');
    }
    try {
      const result = await call();
      this.#inARow = 0;
      return result;
    } catch (error) {
      this.#failures += 1;
      this.#inARow += 1;
      if (this.#inARow >= FAILURES) this.#stepAside(error);
      throw error;
    }
  }

  #stepAside(error: unknown): void {
    if (this.#down || this.#closed) return;
    this.#down = true;
    this.#since = this.#clock.now();
    this.#logger.warn(
      { engine: this.engine, error: describeError(error) },
      'cache out of reach; going on without it',
    );
    this.#lookLater();
  }

  #lookLater(): void {
    this.#timer = setTimeout(() => {
      this.#look().catch((error) => {
        this.#logger.debug({ error: describeError(error) }, 'cache still out of reach');
        if (!this.#closed) this.#lookLater();
      });
    }, LOOK_AGAIN_MS);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    await this.#inner.ping();
    if (this.#owed.size > MAX_OWED) this.#distrustForAWhile();
    const owed = [...this.#owed];
    for (let at = 0; at < owed.length; at += 500) {
      const keys = owed.slice(at, at + 500);
      await this.#inner.delete(keys);
      for (const key of keys) this.#owed.delete(key);
    }
    this.#down = false;
    this.#inARow = 0;
    this.#since = this.#clock.now();
    this.#logger.info({ engine: this.engine }, 'cache back');
  }

  /** Too much to make good one by one: nothing is read until all of it has expired by itself. */
  #distrustForAWhile(): void {
    this.#owed.clear();
    this.#distrustAll = true;
    setTimeout(() => {
      this.#distrustAll = false;
    }, LONGEST_VALUE_MS).unref();
  }
}

/** How long a value of `CachedValues` may stand at most, milliseconds. */
export const LONGEST_VALUE_MS = 10 * 60_000;
