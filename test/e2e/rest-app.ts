import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildHttpApp, type RoutePlugin } from '../../src/http/app.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import { COLLECTIONS } from '../../src/model/collections.ts';
import { openSqliteStore } from '../../src/store/adapters/sqlite/sqlite-store.ts';
import type { DocumentStore } from '../../src/store/document-store.ts';

export const NOW = Date.UTC(2026, 4, 4, 10, 0, 0);

/** A clock that stands until it is moved. */
export class HeldClock implements Clock {
  #now = NOW;
  now(): number {
    return this.#now;
  }
  advance(ms: number): void {
    this.#now += ms;
  }
}

/** An answer: its status, and its body as JSON, or null where it had none. */
export interface Answer<T> {
  status: number;
  body: T;
}

export interface RestApp {
  store: DocumentStore;
  clock: HeldClock;
  /** Sends a request as `uid` (null: not signed in) and reads the answer. */
  call<T = unknown>(
    uid: string | null,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer<T>>;
  close(): Promise<void>;
}

/** The store alone, in a temporary folder. */
export async function openTestStore(
  beforeCommit?: (run: number) => 'conflict' | undefined,
): Promise<{ store: DocumentStore; close: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'omi-rest-'));
  const store = await openSqliteStore({
    path: join(directory, 'store.db'),
    collections: COLLECTIONS,
    durability: 'process',
    logger: silentLogger,
    ...(beforeCommit ? { beforeCommit } : {}),
  });
  return {
    store,
    close: async () => {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Routes behind the real HTTP application and store. A token is the name of its user. */
export async function startRestApp(
  routes: (parts: { store: DocumentStore; clock: HeldClock }) => RoutePlugin[],
): Promise<RestApp> {
  const { store, close } = await openTestStore();
  const clock = new HeldClock();
  const app = buildHttpApp({
    userApiKeys: null,
    logger: silentLogger,
    verifier: { verify: async (token) => ({ uid: token }), isRevoked: async () => false },
    corsOrigins: [],
    routes: routes({ store, clock }),
    health: async () => ({}),
    clock,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    store,
    clock,
    call: async <T>(uid: string | null, method: string, path: string, body?: unknown) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: {
          ...(uid === null ? {} : { authorization: `Bearer ${uid}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T };
    },
    close: async () => {
      await app.close();
      await close();
    },
  };
}
