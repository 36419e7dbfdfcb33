import type { Clock } from '../kernel/clock.ts';
import { signInCutoffs } from '../model/accounts/sign-in-cutoff.ts';
import { GLOBAL } from '../model/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** Time before which sign-ins of an issuer's user are invalid. */
export class SignedInUsers {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(deps: { store: DocumentStore; clock: Clock }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
  }

  /**
   * Sign-ins before this moment count no more, epoch milliseconds; 0 if all do.
   *
   * @param uids those that an account has, and has had in earlier releases
   */
  async cutoffOf(uids: readonly string[]): Promise<number> {
    const cutoffs = await this.#store.findMany(signInCutoffs, GLOBAL, [...new Set(uids)]);
    return Math.max(0, ...cutoffs.map(({ validAfter }) => validAfter));
  }

  /**
   * Ends every sign-in of a user so far, on every server of the installation. Also called when an
   * account is deleted: a token that lives on for an hour must not bring the account back.
   */
  async cutOff(uid: string): Promise<void> {
    // From the next second on: a token says in which second its user signed in, and no more.
    const validAfter = Math.floor(this.#clock.now() / 1000) * 1000 + 1000;
    await this.#store.transact((tx) => tx.put(signInCutoffs, GLOBAL, { id: uid, validAfter }));
  }
}
