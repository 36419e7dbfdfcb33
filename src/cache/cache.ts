/** A counter after an increment. */
export interface CountedWindow {
  count: number;
  /** Milliseconds until the counter starts again at 0. */
  resetsInMs: number;
}

/** A lock that is held. */
export interface HeldLock {
  name: string;
  /** Known only to the holder. */
  owner: string;
  /**
   * Fencing token: higher than those of all earlier holders, even if the engine has lost its data (it
   * is made from the engine's clock, in microseconds).
   */
  token: number;
}

/**
 * Values that processes share and may lose at any time: every fact is in the store, too. If the engine
 * is unreachable, every call rejects with `provider-unavailable` within a bounded time, and each
 * caller decides what happens then (see `ResilientCache`).
 */
export interface Cache {
  readonly engine: 'in-process' | 'redis';
  /** True if other processes see the same values. */
  readonly isShared: boolean;

  get(key: string): Promise<string | undefined>;
  /** @param ttlMs milliseconds until the value expires; null: never */
  set(key: string, value: string, ttlMs: number | null): Promise<void>;
  /** Deletes values and counters; an absent key is no error. */
  delete(keys: readonly string[]): Promise<void>;
  /** Increments a counter. It expires `ttlMs` after its first increment. */
  increment(key: string, by: number, ttlMs: number): Promise<CountedWindow>;

  /** Returns undefined if another caller holds the lock. */
  acquireLock(name: string, ttlMs: number): Promise<HeldLock | undefined>;
  /** Returns false if the lock was no longer held. */
  releaseLock(lock: HeldLock): Promise<boolean>;

  /** Registers a member at a place for `ttlMs` from now. */
  appear(place: string, member: string, ttlMs: number): Promise<void>;
  leave(place: string, member: string): Promise<void>;
  /** Returns the members whose registration has not expired, sorted. */
  presentAt(place: string): Promise<string[]>;

  /** Sends a message to all current subscribers, this process included. It is not stored. */
  publish(channel: string, message: string): Promise<void>;
  /**
   * Subscribes until the returned function is called. While the engine is unreachable, messages are
   * lost; the subscription resumes by itself.
   */
  subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>>;

  /** Resolves if the engine is reachable. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
