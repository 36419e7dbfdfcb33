import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { newId, sha256Hex } from '../kernel/ids.ts';
import { type AppKey, appKeys } from '../model/apps/app-key.ts';
import { GLOBAL } from '../model/collection.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

const PREFIX = 'sk_';
const MAX_KEYS = 20;

/** The keys by which apps call this server. Only their hashes are stored. */
export class AppKeys {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: { store: DocumentStore; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** Returns the keys of an app, newest first. */
  async list(appId: string): Promise<AppKey[]> {
    const keys: AppKey[] = [];
    const request = { query: 'ofApp', filters: { appId } } as const;
    for await (const key of queryAll(this.#store, appKeys, GLOBAL, request)) keys.push(key);
    return keys;
  }

  /** Makes a key; `secret` is shown this once. @throws AppError `forbidden` if there are too many */
  async create(appId: string): Promise<AppKey & { secret: string }> {
    if ((await this.list(appId)).length >= MAX_KEYS) {
      throw new AppError('forbidden', `The app has ${MAX_KEYS} keys: delete one first.`);
    }
    const random = randomBytes(16).toString('hex');
    const key = {
      id: newId(),
      appId,
      hashed: sha256Hex(random),
      label: `${PREFIX}${random.slice(0, 4)}...${random.slice(-4)}`,
      createdAt: this.#clock.now(),
    };
    await this.#store.transact((tx) => tx.create(appKeys, GLOBAL, key));
    return { ...key, secret: `${PREFIX}${random}` };
  }

  /** @throws AppError `not-found` if the app has no such key */
  async delete(appId: string, id: string): Promise<void> {
    await this.#store.transact(async (tx) => {
      const key = await tx.find(appKeys, GLOBAL, id);
      if (key?.appId !== appId) throw new AppError('not-found', 'API key not found');
      tx.delete(appKeys, GLOBAL, id);
    });
  }

  /** Returns true if the text is a key of the app; the prefix may be missing. */
  async isValid(appId: string, presented: string): Promise<boolean> {
    const secret = presented.startsWith(PREFIX) ? presented.slice(PREFIX.length) : presented;
    const hashed = Buffer.from(sha256Hex(secret));
    const keys = await this.list(appId);
    return keys.some((key) => timingSafeEqual(Buffer.from(key.hashed), hashed));
  }
}
