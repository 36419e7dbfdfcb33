import type { Clock } from '../kernel/clock.ts';
import { GLOBAL } from '../model/collection.ts';
import { makeUser, type User, users } from '../model/user.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** Changes to a user's document; undefined leaves it as it is. */
export type UserChange = Partial<Omit<User, 'id'>> | undefined;

/** Reads and writes `users/{uid}`; a user who is seen for the first time is created. */
export class UserDocuments {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(deps: { store: DocumentStore; clock: Clock }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
  }

  /** The user, created with the default settings on first sight. */
  async get(uid: string): Promise<User> {
    return (await this.#store.find(users, GLOBAL, uid)) ?? this.update(uid, () => undefined);
  }

  /**
   * Changes a user in one transaction and answers the result. `change` may run more than once and
   * gets the user as stored.
   */
  async update(uid: string, change: (user: User) => UserChange): Promise<User> {
    return this.#store.transact(async (tx) => {
      const stored = await tx.find(users, GLOBAL, uid);
      const user = stored ?? makeUser({ id: uid, createdAt: this.#clock.now() });
      const fields = change(user);
      if (stored && !fields) return user;
      const changed = { ...user, ...fields };
      if (stored) tx.put(users, GLOBAL, changed);
      else tx.create(users, GLOBAL, changed);
      return changed;
    });
  }
}
