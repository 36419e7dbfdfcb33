import type { Clock } from '../kernel/clock.ts';
import { GLOBAL } from '../model/collection.ts';
import { signInCutoffs } from '../model/sign-in-cutoff.ts';
import { makeUser, users } from '../model/user.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** Users that are known to exist; forgotten all at once when there are too many. */
const MAX_KNOWN = 10_000;

/** Users whom somebody else signs in: made when they are first seen, and cut off when told so. */
export class SignedInUsers {
  readonly #store: DocumentStore;
  readonly #clock: Clock;
  readonly #known = new Set<string>();

  constructor(deps: { store: DocumentStore; clock: Clock }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
  }

  /** Makes sure that a user exists; an existing one is left as it is. */
  async seen(uid: string, name: string | null): Promise<void> {
    if (this.#known.has(uid)) return;
    await this.#store.transact(async (tx) => {
      if (await tx.find(users, GLOBAL, uid)) return;
      const short = name?.trim().slice(0, 100) || null;
      tx.create(users, GLOBAL, makeUser({ id: uid, createdAt: this.#clock.now(), name: short }));
    });
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.add(uid);
  }

  /** Sign-ins before this moment count no more, epoch milliseconds; 0 where all do. */
  async cutoffOf(uid: string): Promise<number> {
    return (await this.#store.find(signInCutoffs, GLOBAL, uid))?.validAfter ?? 0;
  }

  /**
   * Ends every sign-in of a user so far, on every server of the installation. Also called when an
   * account is deleted: a token that lives on for an hour must not bring the account back.
   */
  async cutOff(uid: string): Promise<void> {
    this.#known.delete(uid);
    // From the next second on: a token says in which second its user signed in, and no more.
    const validAfter = Math.floor(this.#clock.now() / 1000) * 1000 + 1000;
    await this.#store.transact((tx) => tx.put(signInCutoffs, GLOBAL, { id: uid, validAfter }));
  }
}
