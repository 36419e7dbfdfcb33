import { z } from 'zod';
import type { Cache } from '../cache/cache.ts';
import { CachedValues } from '../cache/cached-values.ts';
import { type AppReview, appReviewSchema, appReviews } from '../model/app-review.ts';
import { GLOBAL } from '../model/collection.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

const TTL_MS = 10 * 60_000;

/** What users think of apps: recorded in the store, cached by app in front of it. */
export class AppReviews {
  readonly #store: DocumentStore;
  readonly #cached: CachedValues<AppReview[]>;

  constructor({ store, cache }: { store: DocumentStore; cache: Cache }) {
    this.#store = store;
    this.#cached = new CachedValues({
      cache,
      key: (appId) => `plugins:${appId}:reviews`,
      schema: z.array(appReviewSchema),
      ttlMs: TTL_MS,
    });
  }

  /** Adds the user's review of an app, in place of the one before. */
  async setAppReview(review: Omit<AppReview, 'id'>): Promise<void> {
    const id = `${review.appId}:${review.uid}`;
    await this.#store.transact((tx) => tx.put(appReviews, GLOBAL, { ...review, id }));
    await this.#cached.forget(review.appId);
  }

  /** Every review of an app, newest first. */
  getAppReviews(appId: string): Promise<AppReview[]> {
    return this.#cached.read(appId, () => this.#of({ appId }));
  }

  /** The reviews of several apps, by app. */
  async getAppsReviews(appIds: readonly string[]): Promise<Map<string, AppReview[]>> {
    const ids = [...new Set(appIds)];
    const found = await Promise.all(ids.map((appId) => this.getAppReviews(appId)));
    return new Map(ids.map((appId, i) => [appId, found[i] ?? []]));
  }

  /** Undefined where the user has not reviewed the app. */
  async getSpecificUserReview(appId: string, uid: string): Promise<AppReview | undefined> {
    return (await this.getAppReviews(appId)).find((review) => review.uid === uid);
  }

  /** Removes what a user who is being deleted has written. */
  async eraseUser(uid: string): Promise<void> {
    for (const { id, appId } of await this.#of({ uid })) {
      await this.#store.transact((tx) => tx.delete(appReviews, GLOBAL, id));
      await this.#cached.forget(appId);
    }
  }

  async #of(filters: { appId: string } | { uid: string }): Promise<AppReview[]> {
    const found: AppReview[] = [];
    const all = queryAll(this.#store, appReviews, GLOBAL, { query: 'recent', filters });
    for await (const review of all) found.push(review);
    return found;
  }
}
