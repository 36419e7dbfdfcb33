import { z } from 'zod';
import type { Cache } from '../cache/cache.ts';
import { CachedValues } from '../cache/cached-values.ts';
import type { Clock } from '../kernel/clock.ts';
import { enabledApps } from '../model/app.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

const TTL_MS = 60_000;

/** Which apps a user has enabled. The store holds them; the cache in front of it serves the reads. */
export class EnabledApps {
  readonly #store: DocumentStore;
  readonly #clock: Clock;
  readonly #cached: CachedValues<string[]>;

  constructor({ store, cache, clock }: { store: DocumentStore; cache: Cache; clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
    this.#cached = new CachedValues({
      cache,
      key: (uid) => `users:${uid}:enabled_plugins`,
      schema: z.array(z.string()),
      ttlMs: TTL_MS,
    });
  }

  /** Returns the ids of the apps, the last enabled first. */
  getEnabledApps(uid: string): Promise<string[]> {
    return this.#cached.read(uid, async () => {
      const ids: string[] = [];
      const all = queryAll(this.#store, enabledApps, uid, { query: 'recent' });
      for await (const { id } of all) ids.push(id);
      return ids;
    });
  }

  /** Enables an app; nothing changes if it is enabled already. */
  async enableApp(uid: string, appId: string): Promise<void> {
    await this.#store.transact(async (tx) => {
      if (await tx.find(enabledApps, uid, appId)) return;
      tx.put(enabledApps, uid, { id: appId, enabledAt: this.#clock.now() });
    });
    await this.#cached.forget(uid);
  }

  /** Disables an app; nothing changes if it is not enabled. */
  async disableApp(uid: string, appId: string): Promise<void> {
    await this.#store.transact((tx) => tx.delete(enabledApps, uid, appId));
    await this.#cached.forget(uid);
  }

  /** Drops what is cached of a user whose documents were deleted. */
  forgetUser(uid: string): Promise<void> {
    return this.#cached.forget(uid);
  }
}
