import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { newId, randomToken, sha256Hex } from '../kernel/ids.ts';
import { type AccessToken, accessTokens } from '../model/accounts/access-token.ts';
import {
  FIRST_ACCOUNT,
  LOCAL_IDENTITY,
  makeUser,
  type User,
  users,
} from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore, DocumentWriter } from '../store/document-store.ts';
import type { TokenVerifier, VerifiedToken } from './token-verifier.ts';

/** 32 random bytes are 43 characters of base64url. */
const TOKEN_BYTES = 32;
const TOKEN_SHAPE = /^omi_[A-Za-z0-9_-]{43}$/;

/** People of one name that are looked through for a local account. */
const MAX_NAMESAKES = 1_000;

/** A token that was just made. `token` is shown to the user once and stored nowhere. */
export interface CreatedToken {
  token: string;
  record: AccessToken;
}

export interface TokenOptions {
  kind?: AccessToken['kind'];
  /** Epoch milliseconds; null: it does not expire. */
  expiresAt?: number | null;
}

/** How precisely the last use of a token is known, milliseconds. */
const LAST_USE_STEP_MS = 600_000;

/** Accounts kept in the document store: users by name, and bearer tokens stored as their hashes. */
export class LocalAccounts implements TokenVerifier {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(deps: { store: DocumentStore; clock: Clock }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
  }

  /** Adds a user with a random uid; `already-exists` if the name is taken. */
  async createUser(name: string): Promise<User> {
    const trimmed = name.trim();
    if (trimmed === '') throw new AppError('bad-request', 'A user needs a name.');
    const user = this.#makeUser(trimmed);
    await this.#store.transact(async (tx) => {
      const taken = await tx.query(users, GLOBAL, {
        query: 'byName',
        filters: { name: trimmed },
        limit: 1,
      });
      if (taken.items.length > 0) {
        throw new AppError('already-exists', 'There is already a user with this name.');
      }
      tx.create(users, GLOBAL, user);
    });
    return user;
  }

  /**
   * The user of this name, or undefined. A local account comes before one whose name an issuer has
   * given: the issuer's users choose their names, so such a name never makes an owner.
   */
  async findUserByName(name: string): Promise<User | undefined> {
    const wanted = name.trim();
    const found: User[] = [];
    const request = { query: 'byName', filters: { name: wanted } } as const;
    for await (const user of queryAll(this.#store, users, GLOBAL, request)) {
      if (user.identity === LOCAL_IDENTITY) return user;
      if (user.identity === null || wanted !== FIRST_ACCOUNT) found.push(user);
      if (found.length >= MAX_NAMESAKES) break;
    }
    return found[0];
  }

  /** True for the account that the installation was made with. */
  async isOwner(uid: string): Promise<boolean> {
    // The oldest user of the name: a later user may have the same name.
    return (await this.findUserByName(FIRST_ACCOUNT))?.id === uid;
  }

  /** The user of this id, or else of this name; undefined if there is none. */
  async findUser(reference: string): Promise<User | undefined> {
    return (
      (await this.#store.find(users, GLOBAL, reference)) ?? (await this.findUserByName(reference))
    );
  }

  /** Returns one page of all users, oldest first. */
  async pageUsers({
    limit,
    cursor,
  }: {
    limit: number;
    cursor: string | null;
  }): Promise<{ users: User[]; nextCursor: string | null }> {
    const request = { query: 'byName', limit, cursor: cursor ?? undefined } as const;
    const { items, nextCursor } = await this.#store.query(users, GLOBAL, request);
    return { users: items, nextCursor: nextCursor ?? null };
  }

  /** Returns whether there is a user of this id. */
  async hasUser(uid: string): Promise<boolean> {
    return (await this.#store.find(users, GLOBAL, uid)) !== undefined;
  }

  /** All users, oldest first. */
  async listUsers(): Promise<User[]> {
    const found: User[] = [];
    for await (const user of queryAll(this.#store, users, GLOBAL, { query: 'byName' })) {
      found.push(user);
    }
    return found;
  }

  /**
   * Makes a token for a user; `kind` is `token` and it never expires unless `options` says otherwise.
   * @throws AppError `not-found` if there is no such user
   */
  async createToken(uid: string, name: string, options?: TokenOptions): Promise<CreatedToken> {
    return this.#store.transact(async (tx) => {
      const user = await tx.find(users, GLOBAL, uid);
      if (!user) throw new AppError('not-found', 'User not found');
      return this.#writeToken(tx, uid, name, options);
    });
  }

  /** The tokens of a user, or of everybody, oldest first, revoked ones included. */
  async listTokens(uid: string | 'all'): Promise<AccessToken[]> {
    const filters = uid === 'all' ? {} : { uid };
    const found: AccessToken[] = [];
    const request = { query: 'ofUser', filters } as const;
    for await (const token of queryAll(this.#store, accessTokens, GLOBAL, request)) {
      found.push(token);
    }
    return found;
  }

  /**
   * Revokes the one token that `reference` means: its id, its hint, or its name. `not-found` if
   * no token in use is meant, `bad-request` if more than one is.
   */
  async revokeToken(reference: string): Promise<AccessToken> {
    const inUse = (await this.listTokens('all')).filter((token) => token.revokedAt === null);
    const byId = inUse.filter((token) => token.id === reference);
    const meant =
      byId.length > 0
        ? byId
        : inUse.filter((token) => token.hint === reference || token.name === reference);
    const token = meant[0];
    if (!token) throw new AppError('not-found', 'There is no such token in use.');
    if (meant.length > 1) {
      throw new AppError('bad-request', 'More than one token matches; give its id.');
    }
    const revokedAt = this.#clock.now();
    await this.#store.transact((tx) => tx.patch(accessTokens, GLOBAL, token.id, { revokedAt }));
    return { ...token, revokedAt };
  }

  /** See `TokenVerifier`. */
  async isRevoked(token: string): Promise<boolean> {
    return (await this.verify(token)) === null;
  }

  /** See `TokenVerifier`; looks into the store on each call. */
  async verify(token: string): Promise<VerifiedToken | null> {
    if (!TOKEN_SHAPE.test(token)) return null;
    const record = await this.#store.find(accessTokens, GLOBAL, sha256Hex(token));
    if (!record || record.revokedAt !== null) return null;
    const now = this.#clock.now();
    if (record.expiresAt !== null && record.expiresAt <= now) return null;
    if (now - (record.lastUsedAt ?? 0) > LAST_USE_STEP_MS) await this.#noteUse(record.id, now);
    return { uid: record.uid };
  }

  /** Revokes a token of this user by its id. @throws AppError `not-found` if it is not the user's */
  async revokeOwnToken(uid: string, id: string): Promise<void> {
    const revokedAt = this.#clock.now();
    await this.#store.transact(async (tx) => {
      const token = await tx.find(accessTokens, GLOBAL, id);
      if (token?.uid !== uid) throw new AppError('not-found', 'There is no such token.');
      if (token.revokedAt === null) tx.patch(accessTokens, GLOBAL, id, { revokedAt });
    });
  }

  async #noteUse(id: string, now: number): Promise<void> {
    await this.#store.transact(async (tx) => {
      // It may have been deleted with its account meanwhile.
      const token = await tx.find(accessTokens, GLOBAL, id);
      if (token) tx.patch(accessTokens, GLOBAL, id, { lastUsedAt: now });
    });
  }

  /**
   * On an installation without users: creates the user `owner` with one token, which is returned
   * this once. Otherwise undefined, and nothing is changed.
   */
  async ensureOwner(): Promise<(CreatedToken & { user: User }) | undefined> {
    return this.#store.transact(async (tx) => {
      const anybody = await tx.query(users, GLOBAL, { query: 'byName', limit: 1 });
      if (anybody.items.length > 0) return undefined;
      const user = this.#makeUser(FIRST_ACCOUNT);
      tx.create(users, GLOBAL, user);
      return { ...this.#writeToken(tx, user.id, 'owner'), user };
    });
  }

  #makeUser(name: string): User {
    return makeUser({ id: newId(), createdAt: this.#clock.now(), name, identity: LOCAL_IDENTITY });
  }

  #writeToken(
    writer: DocumentWriter,
    uid: string,
    name: string,
    { kind = 'token', expiresAt = null }: TokenOptions = {},
  ): CreatedToken {
    const token = `omi_${randomToken(TOKEN_BYTES)}`;
    const record: AccessToken = {
      id: sha256Hex(token),
      uid,
      name: name.trim(),
      hint: `${token.slice(0, 8)}...${token.slice(-4)}`,
      createdAt: this.#clock.now(),
      revokedAt: null,
      kind,
      lastUsedAt: null,
      expiresAt,
    };
    writer.create(accessTokens, GLOBAL, record);
    return { token, record };
  }
}
