import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import { GLOBAL } from '../model/collection.ts';
import { storeLocks } from '../model/store-lock.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { Cache, HeldLock } from './cache.ts';
import { orElse } from './or-else.ts';

export interface LocksOptions {
  store: DocumentStore;
  cache: Cache;
  clock: Clock;
}

/** What the holder of a lock knows. */
export interface LockTerm {
  /** Higher than that of every holder before. */
  token: number;
}

/**
 * Work that one process at a time does. The store decides, so that a cache that comes and goes can
 * never let two in; a shared cache in front of it spares the others the question.
 */
export class Locks {
  readonly #o: LocksOptions;

  constructor(options: LocksOptions) {
    this.#o = options;
  }

  /**
   * Runs `work` where nobody else holds the lock, and lets it go after that; undefined where somebody
   * does. @param ttlMs after which others may have it although `work` has not ended
   */
  async tryRun<R>(
    name: string,
    ttlMs: number,
    work: (term: LockTerm) => Promise<R>,
  ): Promise<{ result: R } | undefined> {
    const { cache } = this.#o;
    const early = await orElse(cache.acquireLock(name, ttlMs), null);
    if (early === undefined) return undefined;
    try {
      const held = await this.#take(name, ttlMs);
      if (!held) return undefined;
      try {
        return { result: await work({ token: held.token }) };
      } finally {
        await this.#release(held);
      }
    } finally {
      if (early) await orElse(cache.releaseLock(early), false);
    }
  }

  #take(name: string, ttlMs: number): Promise<HeldLock | undefined> {
    const { store, clock } = this.#o;
    const owner = newId();
    return store.transact(async (tx) => {
      const now = clock.now();
      const lock = await tx.find(storeLocks, GLOBAL, name);
      if (lock?.owner && lock.expiresAt > now) return undefined;
      const token = (lock?.token ?? 0) + 1;
      tx.put(storeLocks, GLOBAL, { id: name, owner, token, expiresAt: now + ttlMs });
      return { name, owner, token };
    });
  }

  async #release({ name, owner }: HeldLock): Promise<void> {
    await this.#o.store.transact(async (tx) => {
      const lock = await tx.find(storeLocks, GLOBAL, name);
      if (lock?.owner === owner) tx.patch(storeLocks, GLOBAL, name, { owner: null });
    });
  }
}
