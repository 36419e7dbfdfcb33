import { AppError } from '../kernel/errors.ts';
import type { User } from '../model/accounts/user.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import type { LocalAccounts } from './local-accounts.ts';

/** What ends the access of a user's programs, and of sign-ins at an issuer. */
export type EndAccess = (uid: string) => Promise<void>;

export interface UserAdministrationDeps {
  accounts: LocalAccounts;
  browserSessions: BrowserSessions;
  /** Called after sessions, tokens and links are gone. */
  endAccess: readonly EndAccess[];
}

/** A user as the owner of the server sees one. Times are epoch milliseconds. */
export interface ListedUser {
  id: string;
  name: string | null;
  createdAt: number;
  isOwner: boolean;
  /** Sessions and tokens that are valid now. */
  signIns: number;
  lastUsedAt: number | null;
}

/** Who may use the server: lists and adds users, and ends their access. */
export class UserAdministration {
  readonly #o: UserAdministrationDeps;

  constructor(deps: UserAdministrationDeps) {
    this.#o = deps;
  }

  /** Returns one page of users, oldest first. */
  async page(request: {
    limit: number;
    cursor: string | null;
  }): Promise<{ users: ListedUser[]; nextCursor: string | null }> {
    const { users, nextCursor } = await this.#o.accounts.pageUsers(request);
    const listed: ListedUser[] = [];
    for (const user of users) listed.push(await this.#list(user));
    return { users: listed, nextCursor };
  }

  /** Adds a user. @throws AppError `already-exists` if the name is taken */
  async add(name: string): Promise<ListedUser> {
    return this.#list(await this.#o.accounts.createUser(name));
  }

  /** Makes a link that signs the user in once, within a day. @throws AppError `not-found` */
  async createLink(uid: string): Promise<{ code: string; expiresAt: number }> {
    return this.#o.browserSessions.createLink(uid, 'terminal');
  }

  /**
   * Signs a user out everywhere: sessions, tokens, links, keys and programs. The data stays.
   * Returns the number of sessions and tokens.
   *
   * @throws AppError `not-found` if there is no such user
   */
  async revoke(uid: string): Promise<number> {
    const { accounts, browserSessions, endAccess } = this.#o;
    if (!(await accounts.hasUser(uid))) throw new AppError('not-found', 'User not found');
    // Links first: one that is used in this moment begins a session that is still found below.
    await browserSessions.revokeLinks(uid);
    const inUse = await browserSessions.list(uid);
    for (const { id } of inUse) await accounts.revokeOwnToken(uid, id);
    for (const end of endAccess) await end(uid);
    return inUse.length;
  }

  async #list({ id, name, createdAt }: User): Promise<ListedUser> {
    const { accounts, browserSessions } = this.#o;
    const inUse = await browserSessions.list(id);
    const lastUsedAt = Math.max(0, ...inUse.map((token) => token.lastUsedAt ?? 0));
    return {
      id,
      name,
      createdAt,
      isOwner: await accounts.isOwner(id),
      signIns: inUse.length,
      lastUsedAt: lastUsedAt === 0 ? null : lastUsedAt,
    };
  }
}
