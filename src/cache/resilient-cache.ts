import type { Clock } from '../kernel/clock.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Cache, CountedWindow, HeldLock } from './cache.ts';

/** The circuit opens after this many failures in a row: the engine is no longer called. */
const FAILURES = 2;
/** Pause between two probes of an engine that has failed, milliseconds. */
const PROBE_INTERVAL_MS = 500;
/** Deletions that failed are repeated, up to this many; with more, nothing is read for a while. */
const MAX_PENDING_DELETES = 10_000;

export interface CacheHealth {
  engine: 'in-process' | 'redis';
  state: 'up' | 'down';
  /** Since when it has this state, epoch milliseconds. */
  since: number;
  /** Calls since the start that failed or were not made. */
  failures: number;
}

/**
 * A circuit breaker around a cache, so that no caller waits for an engine that is down. After two
 * failures in a row every call fails at once, until a probe in the background succeeds. Deletions that
 * failed meanwhile are repeated before anything is read again.
 */
export class ResilientCache implements Cache {
  readonly engine: Cache['engine'];
  readonly isShared: boolean;
  readonly #inner: Cache;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #pendingDeletes = new Set<string>();
  #bypassReads = false;
  #failuresInARow = 0;
  #failures = 0;
  #since: number;
  #isOpen = false;
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
    const state = this.#isOpen ? 'down' : 'up';
    return { engine, state, since: this.#since, failures: this.#failures };
  }

  async get(key: string): Promise<string | undefined> {
    if (this.#bypassReads || this.#pendingDeletes.has(key)) return undefined;
    return this.#try(() => this.#inner.get(key));
  }

  set(key: string, value: string, ttlMs: number | null): Promise<void> {
    return this.#try(() => this.#inner.set(key, value, ttlMs));
  }

  async delete(keys: readonly string[]): Promise<void> {
    try {
      await this.#try(() => this.#inner.delete(keys));
    } catch (error) {
      // A value that should be deleted must not be read before it is.
      for (const key of keys) this.#pendingDeletes.add(key);
      this.#open(error);
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

  /** Never fails because of the engine: it listens as soon as the engine is there. */
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
    if (this.#isOpen) {
      this.#failures += 1;
      throw new AppError('provider-unavailable', 'The cache is unreachable.');
    }
    try {
      const result = await call();
      this.#failuresInARow = 0;
      return result;
    } catch (error) {
      this.#failures += 1;
      this.#failuresInARow += 1;
      if (this.#failuresInARow >= FAILURES) this.#open(error);
      throw error;
    }
  }

  #open(error: unknown): void {
    if (this.#isOpen || this.#closed) return;
    this.#isOpen = true;
    this.#since = this.#clock.now();
    this.#logger.warn(
      { engine: this.engine, error: describeError(error) },
      'cache unreachable, working without it',
    );
    this.#probeLater();
  }

  #probeLater(): void {
    this.#timer = setTimeout(() => {
      this.#probe().catch((error) => {
        this.#logger.debug({ error: describeError(error) }, 'cache still unreachable');
        if (!this.#closed) this.#probeLater();
      });
    }, PROBE_INTERVAL_MS);
    this.#timer.unref();
  }

  async #probe(): Promise<void> {
    await this.#inner.ping();
    if (this.#pendingDeletes.size > MAX_PENDING_DELETES) this.#bypassReadsForAWhile();
    const pending = [...this.#pendingDeletes];
    for (let at = 0; at < pending.length; at += 500) {
      const keys = pending.slice(at, at + 500);
      await this.#inner.delete(keys);
      for (const key of keys) this.#pendingDeletes.delete(key);
    }
    this.#isOpen = false;
    this.#failuresInARow = 0;
    this.#since = this.#clock.now();
    this.#logger.info({ engine: this.engine }, 'cache reachable again');
  }

  /** Too many deletions to repeat: nothing is read until every value has expired by itself. */
  #bypassReadsForAWhile(): void {
    this.#pendingDeletes.clear();
    this.#bypassReads = true;
    setTimeout(() => {
      this.#bypassReads = false;
    }, LONGEST_VALUE_MS).unref();
  }
}

/** How long a value of `CachedValues` is cached at most, milliseconds. */
export const LONGEST_VALUE_MS = 10 * 60_000;
