import type { Clock } from '../kernel/clock.ts';
import { makeUser, type User, users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { planDailySummary } from './daily-summary-schedule.ts';

/** Returns true if the time of the daily summary has changed. A new user has no days yet. */
function movesSummary(before: User | undefined, after: User): boolean {
  if (!before) return false;
  const { enabled, hourLocal } = before.dailySummary;
  return (
    enabled !== after.dailySummary.enabled ||
    hourLocal !== after.dailySummary.hourLocal ||
    before.timeZone !== after.timeZone
  );
}

/** Changes of a user's document; undefined: none. */
export type UserChange = Partial<Omit<User, 'id'>> | undefined;

/** Reads and writes `users/{uid}`; an unknown user is created. */
export class UserDocuments {
  readonly #store: DocumentStore;
  readonly #clock: Clock;
  readonly #zone: string;

  constructor(deps: { store: DocumentStore; clock: Clock; defaultTimeZone?: string }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#zone = deps.defaultTimeZone ?? 'UTC';
  }

  /** Returns the user; an unknown user is created with default settings. */
  async get(uid: string): Promise<User> {
    return (await this.#store.find(users, GLOBAL, uid)) ?? this.update(uid, () => undefined);
  }

  /**
   * Changes a user in one transaction and returns the result. `change` may run more than once and gets
   * the stored user.
   */
  async update(uid: string, change: (user: User) => UserChange): Promise<User> {
    return this.#store.transact(async (tx) => {
      const stored = await tx.find(users, GLOBAL, uid);
      const user = stored ?? makeUser({ id: uid, createdAt: this.#clock.now() });
      const fields = change(user);
      if (stored && !fields) return user;
      const changed = { ...user, ...fields };
      const writeSchedule = movesSummary(stored, changed)
        ? await planDailySummary(tx, changed, {
            defaultTimeZone: this.#zone,
            now: this.#clock.now(),
          })
        : undefined;
      writeSchedule?.(tx);
      if (stored) tx.put(users, GLOBAL, changed);
      else tx.create(users, GLOBAL, changed);
      return changed;
    });
  }
}
