import { randomBytes } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { sha256Hex } from '../kernel/ids.ts';
import {
  API_SCOPES,
  type ApiKey,
  type ApiKeyKind,
  type ApiScope,
  apiKeys,
  READ_SCOPES,
} from '../model/accounts/api-key.ts';
import { GLOBAL } from '../model/collection.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

const SECRET_BYTES = 16;
const SECRET = /^[0-9a-f]{32}$/;
const MAX_KEYS = 100;
const MAX_NAME = 200;
/** How precisely the last use of a key is known, milliseconds. */
const LAST_USE_STEP_MS = 600_000;
const PREFIXES: Readonly<Record<ApiKeyKind, string>> = { dev: 'omi_dev_', mcp: 'omi_mcp_' };

export interface NewApiKey {
  name: string;
  /** Null: those that a key of this kind has by default. */
  scopes: readonly string[] | null;
  /** Epoch milliseconds; null: it does not expire. */
  expiresAt: number | null;
}

/** A key that was just made. `key` is shown to the user once and stored nowhere. */
export interface CreatedApiKey {
  key: string;
  record: ApiKey;
}

/** Keys that users give to their own programs; stored as hashes, limited by scopes. */
export class ApiKeys {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(deps: { store: DocumentStore; clock: Clock }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
  }

  /** Returns the keys of a user, newest first; expired ones too, so that the user sees why they fail. */
  async list(uid: string, kind: ApiKeyKind): Promise<ApiKey[]> {
    const found: ApiKey[] = [];
    const request = { query: 'ofUser', filters: { uid, kind } } as const;
    for await (const key of queryAll(this.#store, apiKeys, GLOBAL, request)) found.push(key);
    return found;
  }

  /**
   * Makes a key. A developer key reads everything by default; a key for MCP may do everything, as
   * on Omi's server.
   *
   * @throws AppError `bad-request` for scopes that do not exist, an expiry in the past, or if the user
   *   has 100 keys of the kind
   */
  async create(uid: string, kind: ApiKeyKind, input: NewApiKey): Promise<CreatedApiKey> {
    const scopes = input.scopes === null ? defaultScopes(kind) : readScopes(input.scopes);
    const now = this.#clock.now();
    if (input.expiresAt !== null && input.expiresAt <= now) {
      throw new AppError('bad-request', 'expires_at must be in the future.');
    }
    const secret = randomBytes(SECRET_BYTES).toString('hex');
    const record: ApiKey = {
      id: sha256Hex(secret),
      uid,
      kind,
      name: input.name.trim().slice(0, MAX_NAME),
      hint: `${PREFIXES[kind]}${secret.slice(0, 4)}...${secret.slice(-4)}`,
      scopes,
      createdAt: now,
      lastUsedAt: null,
      expiresAt: input.expiresAt,
    };
    await this.#store.transact(async (tx) => {
      const filters = { uid, kind };
      const { items } = await tx.query(apiKeys, GLOBAL, {
        query: 'ofUser',
        filters,
        limit: MAX_KEYS,
      });
      if (items.length >= MAX_KEYS) {
        throw new AppError('bad-request', `There are ${MAX_KEYS} keys already; delete one first.`);
      }
      tx.create(apiKeys, GLOBAL, record);
    });
    return { key: `${PREFIXES[kind]}${secret}`, record };
  }

  /** Deletes a key of this user; one that is not there, or not the user's, is no error. */
  async delete(uid: string, kind: ApiKeyKind, id: string): Promise<void> {
    await this.#store.transact(async (tx) => {
      const key = await tx.find(apiKeys, GLOBAL, id);
      if (key?.uid === uid && key.kind === kind) tx.delete(apiKeys, GLOBAL, id);
    });
  }

  /** Returns the key's record; null if it is unknown, deleted, expired or of another kind. */
  async verify(kind: ApiKeyKind, key: string): Promise<ApiKey | null> {
    if (!isKeyOf(kind, key)) return null;
    const record = await this.#store.find(
      apiKeys,
      GLOBAL,
      sha256Hex(key.slice(PREFIXES[kind].length)),
    );
    if (record?.kind !== kind) return null;
    const now = this.#clock.now();
    if (record.expiresAt !== null && record.expiresAt <= now) return null;
    if (now - (record.lastUsedAt ?? 0) > LAST_USE_STEP_MS) await this.#noteUse(record.id, now);
    return record;
  }

  /** Deletes every key of a user. */
  async eraseUser(uid: string): Promise<void> {
    for (const kind of ['dev', 'mcp'] as const) {
      const ids = (await this.list(uid, kind)).map(({ id }) => id);
      await this.#store.transact((tx) => {
        for (const id of ids) tx.delete(apiKeys, GLOBAL, id);
      });
    }
  }

  async #noteUse(id: string, now: number): Promise<void> {
    await this.#store.transact(async (tx) => {
      // It may have been deleted meanwhile.
      const key = await tx.find(apiKeys, GLOBAL, id);
      if (key) tx.patch(apiKeys, GLOBAL, id, { lastUsedAt: now });
    });
  }
}

/** True if a text has the form of a key of this kind. */
export function isKeyOf(kind: ApiKeyKind, text: string): boolean {
  const prefix = PREFIXES[kind];
  return text.startsWith(prefix) && SECRET.test(text.slice(prefix.length));
}

function defaultScopes(kind: ApiKeyKind): ApiScope[] {
  return kind === 'dev' ? [...READ_SCOPES] : [...API_SCOPES];
}

function readScopes(names: readonly string[]): ApiScope[] {
  const known = new Set<string>(API_SCOPES);
  if (names.some((name) => !known.has(name))) {
    const available = API_SCOPES.map((scope) => `'${scope}'`).join(', ');
    throw new AppError('bad-request', `Invalid scopes. Available: [${available}]`);
  }
  return API_SCOPES.filter((scope) => names.includes(scope));
}
