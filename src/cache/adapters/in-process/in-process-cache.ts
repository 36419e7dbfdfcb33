import type { Clock } from '../../../kernel/clock.ts';
import { newId } from '../../../kernel/ids.ts';
import type { Cache, CountedWindow, HeldLock } from '../../cache.ts';

/** Writes after which what has expired is swept out. */
const SWEEP_EVERY = 1_000;

interface Entry<T> {
  value: T;
  /** Epoch milliseconds; infinity for never. */
  expiresAt: number;
}

/** Opens a cache in the memory of this process; no other process sees it. */
export function openInProcessCache(options: { clock: Clock }): Cache {
  return new InProcessCache(options.clock);
}

class InProcessCache implements Cache {
  readonly engine = 'in-process';
  readonly isShared = false;
  readonly #clock: Clock;
  readonly #values = new Map<string, Entry<string>>();
  readonly #counters = new Map<string, Entry<number>>();
  readonly #locks = new Map<string, Entry<HeldLock>>();
  readonly #places = new Map<string, Map<string, number>>();
  readonly #channels = new Map<string, Set<(message: string) => void>>();
  #lastToken = 0;
  #writes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async get(key: string): Promise<string | undefined> {
    return this.#live(this.#values, key)?.value;
  }

  async set(key: string, value: string, ttlMs: number | null): Promise<void> {
    this.#sweepNowAndThen();
    this.#values.set(key, { value, expiresAt: this.#after(ttlMs) });
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.#values.delete(key);
      this.#counters.delete(key);
    }
  }

  async increment(key: string, by: number, ttlMs: number): Promise<CountedWindow> {
    this.#sweepNowAndThen();
    const current = this.#live(this.#counters, key);
    const entry = current ?? { value: 0, expiresAt: this.#after(ttlMs) };
    entry.value += by;
    this.#counters.set(key, entry);
    return { count: entry.value, resetsInMs: entry.expiresAt - this.#clock.now() };
  }

  async acquireLock(name: string, ttlMs: number): Promise<HeldLock | undefined> {
    this.#sweepNowAndThen();
    if (this.#live(this.#locks, name)) return undefined;
    this.#lastToken = Math.max(this.#lastToken + 1, this.#clock.now() * 1000);
    const lock = { name, owner: newId(), token: this.#lastToken };
    this.#locks.set(name, { value: lock, expiresAt: this.#after(ttlMs) });
    return lock;
  }

  async releaseLock(lock: HeldLock): Promise<boolean> {
    const held = this.#live(this.#locks, lock.name);
    if (held?.value.owner !== lock.owner) return false;
    return this.#locks.delete(lock.name);
  }

  async appear(place: string, member: string, ttlMs: number): Promise<void> {
    this.#sweepNowAndThen();
    const members = this.#places.get(place) ?? new Map<string, number>();
    members.set(member, this.#after(ttlMs));
    this.#places.set(place, members);
  }

  async leave(place: string, member: string): Promise<void> {
    const members = this.#places.get(place);
    members?.delete(member);
    if (members?.size === 0) this.#places.delete(place);
  }

  async presentAt(place: string): Promise<string[]> {
    const now = this.#clock.now();
    const members = [...(this.#places.get(place) ?? [])];
    return members.flatMap(([member, until]) => (until > now ? [member] : [])).sort();
  }

  async publish(channel: string, message: string): Promise<void> {
    const listeners = [...(this.#channels.get(channel) ?? [])];
    // Later, as over a network: who publishes is never called back in the middle of it.
    setImmediate(() => {
      for (const listener of listeners) {
        if (this.#channels.get(channel)?.has(listener)) listener(message);
      }
    });
  }

  async subscribe(
    channel: string,
    listener: (message: string) => void,
  ): Promise<() => Promise<void>> {
    const listeners = this.#channels.get(channel) ?? new Set();
    // Its own identity, so that one function may listen twice.
    const own = (message: string) => listener(message);
    listeners.add(own);
    this.#channels.set(channel, listeners);
    return async () => {
      listeners.delete(own);
      if (listeners.size === 0) this.#channels.delete(channel);
    };
  }

  async ping(): Promise<void> {
    // Memory always answers.
  }

  async close(): Promise<void> {
    this.#channels.clear();
  }

  #after(ttlMs: number | null): number {
    return ttlMs === null ? Number.POSITIVE_INFINITY : this.#clock.now() + ttlMs;
  }

  #live<T>(entries: Map<string, Entry<T>>, key: string): Entry<T> | undefined {
    const entry = entries.get(key);
    if (!entry || entry.expiresAt > this.#clock.now()) return entry;
    entries.delete(key);
    return undefined;
  }

  #sweepNowAndThen(): void {
    this.#writes += 1;
    if (this.#writes % SWEEP_EVERY !== 0) return;
    const now = this.#clock.now();
    for (const entries of [this.#values, this.#counters, this.#locks]) {
      for (const [key, { expiresAt }] of entries) if (expiresAt <= now) entries.delete(key);
    }
    for (const [place, members] of this.#places) {
      for (const [member, until] of members) if (until <= now) members.delete(member);
      if (members.size === 0) this.#places.delete(place);
    }
  }
}
