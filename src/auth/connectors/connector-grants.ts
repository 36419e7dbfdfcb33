import type { Clock } from '../../kernel/clock.ts';
import { AppError } from '../../kernel/errors.ts';
import { newId, randomToken, sha256Hex } from '../../kernel/ids.ts';
import type { ApiScope } from '../../model/accounts/api-key.ts';
import {
  type ConnectorCode,
  type ConnectorGrant,
  connectorCodes,
  connectorGrants,
  connectorTokens,
} from '../../model/accounts/connector.ts';
import { users } from '../../model/accounts/user.ts';
import { type CollectionDefinition, GLOBAL } from '../../model/collection.ts';
import { queryAll } from '../../store/collection.ts';
import type { DocumentStore, Transaction } from '../../store/document-store.ts';
import { assertProof } from '../proof-key.ts';
import { OAuthRefusal } from './oauth-refusal.ts';

const CODE_MS = 60_000;
/** A used code is kept this long, so that its replay ends what was made with it. */
const KEPT_CODE_MS = 10 * 60_000;
export const ACCESS_TOKEN_MS = 3_600_000;
const GRANT_MS = 180 * 24 * 3_600_000;
const SECRET_BYTES = 32;
const ACCESS = 'omi_at_';
const REFRESH = 'omi_rt_';
/** Expired documents that one new one removes. */
const SWEPT = 20;

/** Tokens as they are given out, this once. */
export interface IssuedTokens {
  accessToken: string;
  refreshToken: string;
  expiresInS: number;
  scopes: readonly ApiScope[];
}

/** Codes, grants and tokens of programs that users have let in. Everything secret is stored as a hash. */
export class ConnectorGrants {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(deps: { store: DocumentStore; clock: Clock }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
  }

  /** Makes a code for what a user has just allowed. It can be used once, within a minute. */
  async createCode(allowed: Omit<ConnectorCode, 'id' | 'expiresAt' | 'grantId'>): Promise<string> {
    const code = randomToken(SECRET_BYTES);
    const now = this.#clock.now();
    await this.#store.transact(async (tx) => {
      const oldest = await tx.query(connectorCodes, GLOBAL, { query: 'byExpiry', limit: SWEPT });
      for (const { id, expiresAt } of oldest.items) {
        if (expiresAt + KEPT_CODE_MS < now) tx.delete(connectorCodes, GLOBAL, id);
      }
      const id = sha256Hex(code);
      tx.create(connectorCodes, GLOBAL, {
        ...allowed,
        id,
        expiresAt: now + CODE_MS,
        grantId: null,
      });
    });
    return code;
  }

  /**
   * Exchanges a code for tokens. A code that was used before ends what was made with it: one of the two
   * has stolen it.
   *
   * @throws OAuthRefusal `invalid_grant`, `invalid_target`
   */
  async exchangeCode(request: {
    code: string;
    clientId: string;
    redirectUri: string | null;
    verifier: string | null;
    resource: string | null;
  }): Promise<IssuedTokens> {
    const id = sha256Hex(request.code);
    const grantId = newId();
    const outcome = await this.#store.transact(async (tx) => {
      const code = await tx.find(connectorCodes, GLOBAL, id);
      if (!code) return 'unknown';
      // Whoever is not the program that the code is for ends nothing and uses nothing up.
      if (code.clientId !== request.clientId) return 'unknown';
      if (code.grantId !== null) {
        await deleteGrant(tx, code.grantId);
        return 'used';
      }
      if (code.expiresAt <= this.#clock.now()) return 'unknown';
      assertFits(code, request);
      const { uid, clientId, clientName, scopes, resource } = code;
      const grant = { id: grantId, uid, clientId, clientName, scopes, resource };
      const issued = await this.#open(tx, grant);
      tx.patch(connectorCodes, GLOBAL, id, { grantId });
      return issued;
    });
    if (typeof outcome !== 'string') return outcome;
    throw new OAuthRefusal('invalid_grant', 'The code is unknown, used or expired.');
  }

  /**
   * Exchanges a refresh token for new tokens; the old ones end. One that was exchanged before ends the
   * grant: one of the two has stolen it.
   *
   * @throws OAuthRefusal `invalid_grant`, `invalid_target`, `invalid_scope`
   */
  async refresh(request: {
    refreshToken: string;
    clientId: string;
    resource: string | null;
    scopes: readonly ApiScope[] | null;
  }): Promise<IssuedTokens> {
    const [grantId = ''] = request.refreshToken.slice(REFRESH.length).split('.');
    const outcome = await this.#store.transact(async (tx) => {
      const grant = await tx.find(connectorGrants, GLOBAL, grantId);
      if (!grant || grant.clientId !== request.clientId) return null;
      if (grant.expiresAt <= this.#clock.now()) return null;
      if (grant.refreshHash !== sha256Hex(request.refreshToken)) {
        await deleteGrant(tx, grantId);
        return null;
      }
      if (request.resource !== null && request.resource !== grant.resource) {
        throw new OAuthRefusal('invalid_target', 'The grant is for another resource.');
      }
      if (request.scopes?.some((scope) => !grant.scopes.includes(scope))) {
        throw new OAuthRefusal('invalid_scope', 'The grant does not cover this scope.');
      }
      const old = await tokensOf(tx, grantId);
      const scopes = [...(request.scopes ?? grant.scopes)];
      const issued = await this.#open(tx, { ...grant, scopes });
      for (const id of old) tx.delete(connectorTokens, GLOBAL, id);
      return issued;
    });
    if (outcome) return outcome;
    throw new OAuthRefusal('invalid_grant', 'The refresh token is unknown, used or expired.');
  }

  /** The grant of an access token; null if the token is unknown, expired or revoked. */
  async findByAccessToken(token: string): Promise<ConnectorGrant | null> {
    if (!token.startsWith(ACCESS)) return null;
    const found = await this.#store.find(connectorTokens, GLOBAL, sha256Hex(token));
    if (!found || found.expiresAt <= this.#clock.now()) return null;
    return (await this.#store.find(connectorGrants, GLOBAL, found.grantId)) ?? null;
  }

  /** Ends the grant of a token, whichever of the two it is; an unknown one is no error (RFC 7009). */
  async revokeToken(token: string, clientId: string): Promise<void> {
    await this.#store.transact(async (tx) => {
      const access = await tx.find(connectorTokens, GLOBAL, sha256Hex(token));
      const grantId = access?.grantId ?? token.slice(REFRESH.length).split('.')[0] ?? '';
      const grant = await tx.find(connectorGrants, GLOBAL, grantId);
      const isKnown = access !== undefined || grant?.refreshHash === sha256Hex(token);
      if (isKnown && grant?.clientId === clientId) await deleteGrant(tx, grantId);
    });
  }

  /** What a user has allowed, newest first. */
  async list(uid: string): Promise<ConnectorGrant[]> {
    const found: ConnectorGrant[] = [];
    const request = { query: 'ofUser', filters: { uid } } as const;
    for await (const grant of queryAll(this.#store, connectorGrants, GLOBAL, request)) {
      if (grant.expiresAt > this.#clock.now()) found.push(grant);
    }
    return found;
  }

  /** Ends what a user has allowed, at once. @throws AppError `not-found` if it is not the user's */
  async revoke(uid: string, id: string): Promise<void> {
    await this.#store.transact(async (tx) => {
      const grant = await tx.find(connectorGrants, GLOBAL, id);
      if (grant?.uid !== uid) throw new AppError('not-found', 'There is no such connection.');
      await deleteGrant(tx, id);
    });
  }

  /** Deletes everything of a user. */
  async eraseUser(uid: string): Promise<void> {
    const store = this.#store;
    const ofUser = { query: 'ofUser', filters: { uid } } as const;
    const grants = queryAll(store, connectorGrants, GLOBAL, ofUser);
    const tokens = queryAll(store, connectorTokens, GLOBAL, ofUser);
    const codes = queryAll(store, connectorCodes, GLOBAL, ofUser);
    await deleteFound(store, connectorGrants, grants);
    await deleteFound(store, connectorTokens, tokens);
    await deleteFound(store, connectorCodes, codes);
  }

  /** Writes a grant with new tokens, in place of an earlier state of it. */
  async #open(
    tx: Transaction,
    parts: Pick<ConnectorGrant, 'id' | 'uid' | 'clientId' | 'clientName' | 'scopes' | 'resource'> &
      Partial<Pick<ConnectorGrant, 'createdAt'>>,
  ): Promise<IssuedTokens> {
    const now = this.#clock.now();
    const expired = await tx.query(connectorTokens, GLOBAL, { query: 'byExpiry', limit: SWEPT });
    const user = await tx.find(users, GLOBAL, parts.uid);
    if (!user) throw new OAuthRefusal('invalid_grant', 'There is no such user.');
    const accessToken = `${ACCESS}${randomToken(SECRET_BYTES)}`;
    const refreshToken = `${REFRESH}${parts.id}.${randomToken(SECRET_BYTES)}`;
    for (const { id, expiresAt } of expired.items) {
      if (expiresAt <= now) tx.delete(connectorTokens, GLOBAL, id);
    }
    tx.put(connectorGrants, GLOBAL, {
      id: parts.id,
      uid: parts.uid,
      clientId: parts.clientId,
      clientName: parts.clientName,
      scopes: parts.scopes,
      resource: parts.resource,
      createdAt: parts.createdAt ?? now,
      lastUsedAt: now,
      expiresAt: now + GRANT_MS,
      refreshHash: sha256Hex(refreshToken),
    });
    tx.create(connectorTokens, GLOBAL, {
      id: sha256Hex(accessToken),
      uid: parts.uid,
      grantId: parts.id,
      expiresAt: now + ACCESS_TOKEN_MS,
    });
    const expiresInS = ACCESS_TOKEN_MS / 1000;
    return { accessToken, refreshToken, expiresInS, scopes: parts.scopes };
  }
}

/** @throws OAuthRefusal if whoever has the code is not who began the sign-in */
function assertFits(
  code: ConnectorCode,
  request: { redirectUri: string | null; verifier: string | null; resource: string | null },
): void {
  if (request.redirectUri !== null && request.redirectUri !== code.redirectUri) {
    throw new OAuthRefusal('invalid_grant', 'The redirect_uri is another one.');
  }
  if (request.resource !== null && request.resource !== code.resource) {
    throw new OAuthRefusal('invalid_target', 'The code is for another resource.');
  }
  try {
    assertProof(code.challenge, request.verifier);
  } catch {
    throw new OAuthRefusal('invalid_grant', 'The code_verifier is missing or wrong.');
  }
}

async function deleteFound<T extends { id: string }>(
  store: DocumentStore,
  collection: CollectionDefinition<T>,
  found: AsyncIterable<T>,
): Promise<void> {
  const ids: string[] = [];
  for await (const { id } of found) ids.push(id);
  for (const id of ids) await store.transact((tx) => tx.delete(collection, GLOBAL, id));
}

async function tokensOf(tx: Transaction, grantId: string): Promise<string[]> {
  const ids: string[] = [];
  const request = { query: 'ofGrant', filters: { grantId } } as const;
  for await (const { id } of queryAll(tx, connectorTokens, GLOBAL, request)) ids.push(id);
  return ids;
}

async function deleteGrant(tx: Transaction, grantId: string): Promise<void> {
  const ids = await tokensOf(tx, grantId);
  for (const id of ids) tx.delete(connectorTokens, GLOBAL, id);
  tx.delete(connectorGrants, GLOBAL, grantId);
}
