/** A counter after it was raised. */
export interface CountedWindow {
  count: number;
  /** Milliseconds until the counter begins again at nothing. */
  resetsInMs: number;
}

/** A lock that is held. */
export interface HeldLock {
  name: string;
  /** Known to the holder alone. */
  owner: string;
  /**
   * Fencing token: each holder's is higher than those of all holders before it, also after the engine
   * has lost what it held (it is made from the engine's clock, in microseconds).
   */
  token: number;
}

/**
 * What processes share and may lose at any time: no fact lives here alone. Every call rejects with
 * `provider-unavailable` where the engine is out of reach, within a bounded time; what then happens
 * is each caller's decision (see `ResilientCache`).
 */
export interface Cache {
  readonly engine: 'in-process' | 'redis';
  /** True where other processes see what is put here. */
  readonly isShared: boolean;

  get(key: string): Promise<string | undefined>;
  /** @param ttlMs milliseconds until the value is forgotten, null for never */
  set(key: string, value: string, ttlMs: number | null): Promise<void>;
  /** Forgets values and counters; a key that is absent is no error. */
  delete(keys: readonly string[]): Promise<void>;
  /** Raises a counter; its time runs from the first raise, not from later ones. */
  increment(key: string, by: number, ttlMs: number): Promise<CountedWindow>;

  /** Undefined where somebody else holds it. */
  acquireLock(name: string, ttlMs: number): Promise<HeldLock | undefined>;
  /** False where it was no longer held. */
  releaseLock(lock: HeldLock): Promise<boolean>;

  /** Says that a member is at a place, for `ttlMs` from now. */
  appear(place: string, member: string, ttlMs: number): Promise<void>;
  leave(place: string, member: string): Promise<void>;
  /** Members whose time has not run out, in the order of their characters. */
  presentAt(place: string): Promise<string[]>;

  /** Tells everybody who listens now, this process included; nobody else ever hears of it. */
  publish(channel: string, message: string): Promise<void>;
  /**
   * Listens until the returned function is called. Where the engine is out of reach, listening begins
   * when it is back; messages of the meantime are lost.
   */
  subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>>;

  /** Resolves where the engine answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
