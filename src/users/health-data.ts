import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import {
  APPLE_HEALTH,
  type HealthSummary,
  healthSummaries,
} from '../model/accounts/health-summary.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** Characters of the JSON of a summary. A week with each night and workout takes some thousand. */
const MAX_CHARS = 200_000;

export interface HealthDataOptions {
  store: DocumentStore;
  clock: Clock;
}

/** What a phone tells of its user's health. Only the last summary is kept. */
export class HealthData {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: HealthDataOptions) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** Returns the last summary; null: none was sent. */
  async find(uid: string): Promise<HealthSummary | null> {
    return (await this.#store.find(healthSummaries, uid, APPLE_HEALTH)) ?? null;
  }

  /**
   * Stores a summary in the place of the one before.
   *
   * @throws AppError `payload-too-large` for more than 200,000 characters
   */
  async sync(
    uid: string,
    { periodDays, data }: Pick<HealthSummary, 'periodDays' | 'data'>,
  ): Promise<HealthSummary> {
    if (JSON.stringify(data).length > MAX_CHARS) {
      throw new AppError('payload-too-large', 'The summary is too large; send fewer days.');
    }
    const summary = { id: APPLE_HEALTH, syncedAt: this.#clock.now(), periodDays, data } as const;
    await this.#store.transact((tx) => tx.put(healthSummaries, uid, summary));
    return summary;
  }

  /**
   * Deletes the summary.
   *
   * @throws AppError `not-found` if there is none
   */
  async delete(uid: string): Promise<void> {
    await this.#store.transact(async (tx) => {
      if (!(await tx.find(healthSummaries, uid, APPLE_HEALTH))) {
        throw new AppError('not-found', 'Integration not found');
      }
      tx.delete(healthSummaries, uid, APPLE_HEALTH);
    });
  }
}
