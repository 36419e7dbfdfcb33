import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { randomToken, sha256Hex } from '../kernel/ids.ts';
import type { AccessToken } from '../model/accounts/access-token.ts';
import { type SignInLink, signInLinks } from '../model/accounts/sign-in-link.ts';
import { users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { LocalAccounts } from './local-accounts.ts';
import type { TokenVerifier } from './token-verifier.ts';

const DAY_MS = 24 * 3_600_000;
/** A session that is not signed out ends after this long. */
const SESSION_MS = 180 * DAY_MS;
const CODE_BYTES = 24;
/** Expired links that one new link removes. */
const SWEPT = 20;

/** How long a link may be used: printed on a terminal, or shown to a camera. */
export const LINK_LIFETIMES = { terminal: DAY_MS, camera: 5 * 60_000 } as const;

/** A session that was just begun. `token` is the cookie's value and is stored only as its hash. */
export interface BegunSession {
  uid: string;
  token: string;
  expiresAt: number;
}

/** Signs browsers in: by a link that works once, or by a token that they already have. */
export class BrowserSessions {
  readonly #store: DocumentStore;
  readonly #clock: Clock;
  readonly #accounts: LocalAccounts;
  readonly #verifier: TokenVerifier;

  constructor(deps: {
    store: DocumentStore;
    clock: Clock;
    accounts: LocalAccounts;
    verifier: TokenVerifier;
  }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#accounts = deps.accounts;
    this.#verifier = deps.verifier;
  }

  /**
   * Makes the code of a link that signs `uid` in once.
   * @throws AppError `not-found` if there is no such user
   */
  async createLink(
    uid: string,
    lifetime: keyof typeof LINK_LIFETIMES,
  ): Promise<{ code: string; expiresAt: number }> {
    const code = randomToken(CODE_BYTES);
    const createdAt = this.#clock.now();
    const expiresAt = createdAt + LINK_LIFETIMES[lifetime];
    const link: SignInLink = { id: sha256Hex(code), uid, createdAt, expiresAt };
    await this.#store.transact(async (tx) => {
      if (!(await tx.find(users, GLOBAL, uid))) throw new AppError('not-found', 'User not found');
      const oldest = await tx.query(signInLinks, GLOBAL, { query: 'byExpiry', limit: SWEPT });
      for (const old of oldest.items) {
        if (old.expiresAt <= createdAt) tx.delete(signInLinks, GLOBAL, old.id);
      }
      tx.create(signInLinks, GLOBAL, link);
    });
    return { code, expiresAt };
  }

  /** Makes every link of a user that was not used yet invalid. */
  async revokeLinks(uid: string): Promise<void> {
    const request = { query: 'ofUser', filters: { uid } } as const;
    for await (const { id } of queryAll(this.#store, signInLinks, GLOBAL, request)) {
      await this.#store.transact((tx) => tx.delete(signInLinks, GLOBAL, id));
    }
  }

  /**
   * Begins a session with a link's code, which is used up by it.
   * @throws AppError `forbidden` if the code is unknown, used or expired
   */
  async beginWithCode(code: string, name: string): Promise<BegunSession> {
    const id = sha256Hex(code);
    const now = this.#clock.now();
    const uid = await this.#store.transact(async (tx) => {
      const link = await tx.find(signInLinks, GLOBAL, id);
      if (!link) return null;
      tx.delete(signInLinks, GLOBAL, id);
      return link.expiresAt > now ? link.uid : null;
    });
    if (uid === null) {
      throw new AppError('forbidden', 'This link was used before or has expired.');
    }
    return this.#begin(uid, name);
  }

  /** Begins a session for the owner of a token. @throws AppError `forbidden` */
  async beginWithToken(token: string, name: string): Promise<BegunSession> {
    const verified = await this.#verifier.verify(token);
    if (!verified) throw new AppError('forbidden', 'This token is not accepted.');
    return this.#begin(verified.uid, name);
  }

  /** What is signed in as this user and not revoked or expired: sessions and tokens, oldest first. */
  async list(uid: string): Promise<AccessToken[]> {
    const now = this.#clock.now();
    const all = await this.#accounts.listTokens(uid);
    return all.filter(
      ({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || expiresAt > now),
    );
  }

  /** Revokes a session or token by its id. @throws AppError `not-found` if it is not this user's */
  revoke(uid: string, id: string): Promise<void> {
    return this.#accounts.revokeOwnToken(uid, id);
  }

  async #begin(uid: string, name: string): Promise<BegunSession> {
    const expiresAt = this.#clock.now() + SESSION_MS;
    const { token } = await this.#accounts.createToken(uid, name, { kind: 'session', expiresAt });
    return { uid, token, expiresAt };
  }
}
