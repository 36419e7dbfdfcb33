import { accessTokens } from '../model/accounts/access-token.ts';
import { signInLinks } from '../model/accounts/sign-in-link.ts';
import { users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import { jobs } from '../model/jobs.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore, Transaction } from '../store/document-store.ts';

/** Deletes the data of a user that one part of the product keeps outside the user's documents. */
export type UserEraser = (uid: string) => Promise<void>;

/** Deletes accounts: every document, everything that the erasers delete, and the tokens. */
export class AccountDeletion {
  readonly #store: DocumentStore;
  readonly #erasers: readonly UserEraser[];

  /** @param deps.erasers called in order; an eraser that finds nothing must not fail */
  constructor(deps: { store: DocumentStore; erasers: readonly UserEraser[] }) {
    this.#store = deps.store;
    this.#erasers = deps.erasers;
  }

  /**
   * Deletes everything of a user. The tokens are deleted last, in one commit with the user, so that the
   * user can repeat a call that has failed.
   */
  async deleteAccount(uid: string): Promise<void> {
    for await (const job of queryAll(this.#store, jobs, GLOBAL, {
      query: 'ofUser',
      filters: { uid },
    })) {
      await this.#store.transact((tx) => tx.delete(jobs, GLOBAL, job.id));
    }
    for (const erase of this.#erasers) await erase(uid);
    await this.#store.deleteOwner(uid);
    await this.#store.transact((tx) => deleteUserAndTokens(tx, uid));
  }
}

async function deleteUserAndTokens(tx: Transaction, uid: string): Promise<void> {
  const ids: string[] = [];
  const request = { query: 'ofUser', filters: { uid } } as const;
  for await (const token of queryAll(tx, accessTokens, GLOBAL, request)) ids.push(token.id);
  const links: string[] = [];
  for await (const link of queryAll(tx, signInLinks, GLOBAL, request)) links.push(link.id);
  for (const id of ids) tx.delete(accessTokens, GLOBAL, id);
  for (const id of links) tx.delete(signInLinks, GLOBAL, id);
  tx.delete(users, GLOBAL, uid);
}
