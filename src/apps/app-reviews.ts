import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { apps } from '../model/apps/app.ts';
import { type AppReview, appReviews } from '../model/apps/app-review.ts';
import { GLOBAL } from '../model/collection.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { AppDirectory } from './app-directory.ts';

const MAX_LISTED = 200;

/** What users say of apps. */
export class AppReviews {
  readonly #store: DocumentStore;
  readonly #clock: Clock;
  readonly #apps: AppDirectory;

  constructor(options: { store: DocumentStore; clock: Clock; apps: AppDirectory }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#apps = options.apps;
  }

  /** Returns the reviews that have a text, newest first. */
  async list(appId: string): Promise<AppReview[]> {
    const found: AppReview[] = [];
    const request = { query: 'recent', filters: { appId } } as const;
    for await (const review of queryAll(this.#store, appReviews, GLOBAL, request)) {
      if (review.review.trim() !== '') found.push(review);
      if (found.length >= MAX_LISTED) break;
    }
    return found;
  }

  async find(appId: string, uid: string): Promise<AppReview | undefined> {
    return await this.#store.find(appReviews, GLOBAL, reviewId(appId, uid));
  }

  /**
   * Stores what a user says of an app, in place of what the user has said before.
   *
   * @param options.mustExist true to change a review only
   * @throws AppError `not-found`; `forbidden` for an app of one's own or a private one
   */
  async write(
    uid: string,
    appId: string,
    said: { score: number; review: string; username: string },
    options: { mustExist: boolean },
  ): Promise<void> {
    const app = await this.#apps.get(uid, appId);
    if (app.uid === uid) throw new AppError('forbidden', 'You cannot review your own app');
    if (app.private) throw new AppError('forbidden', 'You are not authorized to review this app');
    const now = this.#clock.now();
    await this.#store.transact(async (tx) => {
      const id = reviewId(appId, uid);
      const before = await tx.find(appReviews, GLOBAL, id);
      const stored = await tx.find(apps, GLOBAL, appId);
      if (options.mustExist && !before) throw new AppError('not-found', 'Review not found');
      tx.put(appReviews, GLOBAL, {
        id,
        appId,
        uid,
        ...said,
        response: before?.response ?? '',
        ratedAt: before?.ratedAt ?? now,
        updatedAt: before ? now : null,
        respondedAt: before?.respondedAt ?? null,
      });
      if (!stored) return;
      tx.patch(apps, GLOBAL, appId, {
        ratingSum: stored.ratingSum + said.score - (before?.score ?? 0),
        ratingCount: stored.ratingCount + (before ? 0 : 1),
      });
    });
  }

  /** Stores the answer of the app's owner to a review. @throws AppError `forbidden`, `not-found` */
  async reply(uid: string, appId: string, reviewer: string, response: string): Promise<void> {
    const app = await this.#apps.get(uid, appId);
    if (app.uid !== uid) {
      throw new AppError('forbidden', 'You are not authorized to reply to this app review');
    }
    await this.#store.transact(async (tx) => {
      const id = reviewId(appId, reviewer);
      if (!(await tx.find(appReviews, GLOBAL, id))) {
        throw new AppError('not-found', 'Review not found');
      }
      tx.patch(appReviews, GLOBAL, id, { response, respondedAt: this.#clock.now() });
    });
  }
}

function reviewId(appId: string, uid: string): string {
  return `${appId}:${uid}`;
}
