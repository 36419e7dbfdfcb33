import type { Clock } from '../kernel/clock.ts';
import { sha256Hex } from '../kernel/ids.ts';
import { accessTokens } from '../model/accounts/access-token.ts';
import { legacyIssuers } from '../model/accounts/legacy-issuer.ts';
import { LOCAL_IDENTITY, makeUser, type User, users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import type { DocumentReader, DocumentStore } from '../store/document-store.ts';

/** Accounts that are known; forgotten all at once when there are too many. */
const MAX_KNOWN = 10_000;
/** A local account got its first token when it was made. */
const MADE_TOGETHER_MS = 60_000;
const LEGACY = 'before-identities';
const PLAIN_SUBJECT = /^[A-Za-z0-9_-]{1,128}$/;
/** A name that was made from a subject; no issuer has subjects of this form. */
const MADE_NAME = /^(?:sub|oidc)-[0-9a-f]{40}$/;

export interface IssuerAccountsOptions {
  store: DocumentStore;
  clock: Clock;
  issuer: string;
  /**
   * `subject`: the subject is the uid. Firebase's clients compare it with theirs, and Omi's
   * documents lie under it. `issuer-and-subject`: the uid is made from both.
   */
  uids: 'subject' | 'issuer-and-subject';
}

/** What is known of the account behind a subject. */
export interface IssuerAccount {
  uid: string;
  /** Where its sign-ins may have been cut off: its uid, and the one of earlier releases. */
  formerUids: readonly string[];
  exists: boolean;
}

/**
 * The accounts of one issuer's subjects. Subjects of two issuers, and local accounts, are never the
 * same user, whatever their names are: an account says whose it is (`User.identity`).
 */
export class IssuerAccounts {
  readonly #o: IssuerAccountsOptions;
  readonly #known = new Map<string, string>();

  constructor(options: IssuerAccountsOptions) {
    this.#o = options;
  }

  /** Notes whose the users are that earlier releases have made; the first issuer keeps them. */
  async prepare(): Promise<void> {
    const { store, issuer } = this.#o;
    if (await store.find(legacyIssuers, GLOBAL, LEGACY)) return;
    await store.transact(async (tx) => {
      if (await tx.find(legacyIssuers, GLOBAL, LEGACY)) return;
      tx.create(legacyIssuers, GLOBAL, { id: LEGACY, issuer });
    });
  }

  /** Finds the account of a subject, or the one it would get; null if the id belongs to another user. */
  async find(subject: string): Promise<IssuerAccount | null> {
    const plain = plainUidOf(subject);
    if (plain === null) return null;
    const known = this.#known.get(subject);
    if (known !== undefined) return { uid: known, formerUids: [known, plain], exists: true };
    return await this.#find(this.#o.store, subject, plain);
  }

  /** Makes sure that the account of a subject exists; returns its uid, null as `find` does. */
  async ensure(subject: string, name: string | null): Promise<string | null> {
    const plain = plainUidOf(subject);
    const known = this.#known.get(subject);
    if (plain === null || known !== undefined) return known ?? null;
    const identity = this.#identityOf(subject);
    const uid = await this.#o.store.transact(async (tx) => {
      const account = await this.#find(tx, subject, plain);
      if (account === null) return null;
      const user = account.exists ? await tx.find(users, GLOBAL, account.uid) : undefined;
      if (user?.identity === identity) return account.uid;
      if (user) tx.patch(users, GLOBAL, user.id, { identity });
      else {
        const short = name?.trim().slice(0, 100) || null;
        const createdAt = this.#o.clock.now();
        tx.create(users, GLOBAL, makeUser({ id: account.uid, createdAt, name: short, identity }));
      }
      return account.uid;
    });
    if (uid === null) return null;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(subject, uid);
    return uid;
  }

  /** To be called when an account is deleted or cut off. */
  forget(uid: string): void {
    for (const [subject, known] of this.#known) if (known === uid) this.#known.delete(subject);
  }

  async #find(
    reader: DocumentReader,
    subject: string,
    plain: string,
  ): Promise<IssuerAccount | null> {
    const identity = this.#identityOf(subject);
    const former = await reader.find(users, GLOBAL, plain);
    const isOwn = former !== undefined && (await this.#isOf(reader, former, identity));
    if (this.#o.uids === 'subject') {
      if (former && !isOwn) return null;
      return { uid: plain, formerUids: [plain], exists: former !== undefined };
    }
    const uid = isOwn ? plain : `oidc-${identity.slice(0, 40)}`;
    const user = isOwn ? former : await reader.find(users, GLOBAL, uid);
    if (user && !isOwn && user.identity !== identity) return null;
    return { uid, formerUids: [uid, plain], exists: user !== undefined };
  }

  /** True if a user with the name of a subject is the subject's. */
  async #isOf(reader: DocumentReader, user: User, identity: string): Promise<boolean> {
    if (user.identity !== null) return user.identity === identity;
    // Made by an earlier release, or by Omi's backend, which knows Firebase alone.
    if (this.#o.uids !== 'subject') {
      const legacy = await reader.find(legacyIssuers, GLOBAL, LEGACY);
      if (legacy?.issuer !== this.#o.issuer) return false;
    }
    return !(await isLocalAccount(reader, user));
  }

  #identityOf(subject: string): string {
    return sha256Hex(JSON.stringify([this.#o.issuer, subject]));
  }
}

/**
 * The uid of earlier releases: the subject if it may stand in a path, else a name made from it. Null
 * for what is no subject, and for a subject that pretends to be such a name.
 */
function plainUidOf(subject: string): string | null {
  if (subject === '' || subject.length > 255 || subject === LOCAL_IDENTITY) return null;
  if (MADE_NAME.test(subject)) return null;
  return PLAIN_SUBJECT.test(subject) ? subject : `sub-${sha256Hex(subject).slice(0, 40)}`;
}

/** True for an account of an earlier release that this server made itself: it came with a token. */
async function isLocalAccount(reader: DocumentReader, user: User): Promise<boolean> {
  if (user.identity !== null) return user.identity === LOCAL_IDENTITY;
  const { items } = await reader.query(accessTokens, GLOBAL, {
    query: 'ofUser',
    filters: { uid: user.id },
    limit: 1,
  });
  const first = items[0];
  return first !== undefined && first.createdAt - user.createdAt <= MADE_TOGETHER_MS;
}
