import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { McpConnections } from '../../../src/apps/mcp-connections.ts';
import { openInProcessCache } from '../../../src/cache/adapters/in-process/in-process-cache.ts';
import { Locks } from '../../../src/cache/locks.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { type McpTokens, mcpConnections } from '../../../src/model/apps/mcp-connection.ts';
import { COLLECTIONS } from '../../../src/model/collections.ts';
import { openSqliteStore } from '../../../src/store/adapters/sqlite/sqlite-store.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { HeldClock, NOW } from '../../harness/held-clock.ts';

const ENDED: McpTokens = { accessToken: 'old', refreshToken: 'once', expiresAt: NOW - 1 };
const RENEWED: McpTokens = { accessToken: 'new', refreshToken: 'next', expiresAt: NOW + 3_600_000 };

let directory: string;
let clock: HeldClock;
const stores: DocumentStore[] = [];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'omi-backend-mcp-'));
  clock = new HeldClock();
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  await rm(directory, { recursive: true, force: true });
});

/** The connections as one process has them: with a handle of the store, a cache and locks of its own. */
async function openProcess(refresh: (token: string) => Promise<McpTokens | null>) {
  const store = await openSqliteStore({
    path: path.join(directory, 'store.db'),
    collections: COLLECTIONS,
    durability: 'process',
    logger: silentLogger,
  });
  stores.push(store);
  const locks = new Locks({ store, cache: openInProcessCache({ clock }), clock });
  const tryRun = vi.spyOn(locks, 'tryRun');
  const never = () => Promise.reject(new Error('This is not part of a renewal.'));
  const connections = new McpConnections({
    store,
    clock,
    locks,
    logger: silentLogger,
    signIn: {
      begin: never,
      exchange: never,
      revoke: never,
      refresh: (_place, token) => refresh(token),
    },
  });
  const token = async () => await (await connections.signInOf('ada', 'app'))?.token();
  return { store, token, tryRun };
}

async function storeEnded(store: DocumentStore): Promise<void> {
  await store.transact((tx) =>
    tx.put(mcpConnections, 'ada', {
      id: 'app',
      authorization: {
        issuer: 'https://mcp.example',
        authorization_endpoint: 'https://mcp.example/authorize',
        token_endpoint: 'https://mcp.example/token',
        revocation_endpoint: null,
        token_endpoint_auth_methods_supported: ['none'],
        authorization_response_iss_parameter_supported: true,
        resource: 'https://mcp.example/mcp',
      },
      client: { client_id: 'omi', client_secret: null },
      redirectUrl: 'https://omi.example/v1/apps/mcp/callback',
      tokens: ENDED,
      pending: null,
      createdAt: NOW,
    }),
  );
}

describe('the renewal of a token', () => {
  it('happens once, although two processes find that the token has ended', async () => {
    const used: string[] = [];
    let finish: (tokens: McpTokens) => void = () => undefined;
    const renewal = new Promise<McpTokens>((resolve) => {
      finish = resolve;
    });
    const refresh = (token: string) => {
      used.push(token);
      return renewal;
    };
    const one = await openProcess(refresh);
    const other = await openProcess(refresh);
    await storeEnded(one.store);
    const tokens = [one.token(), one.token()];
    await expect.poll(() => used.length).toBe(1);
    tokens.push(other.token());
    // Twice: the other process has found the lock taken, and tries again.
    await expect.poll(() => other.tryRun.mock.calls.length).toBeGreaterThan(1);
    finish(RENEWED);
    expect(await Promise.all(tokens)).toEqual(['new', 'new', 'new']);
    expect(used).toEqual(['once']);
    expect((await other.store.find(mcpConnections, 'ada', 'app'))?.tokens).toEqual(RENEWED);
  });

  it('is done by another process if the first has died during it', async () => {
    let isRenewing = false;
    const dead = await openProcess(() => {
      isRenewing = true;
      return new Promise(() => undefined);
    });
    const other = await openProcess(async () => RENEWED);
    await storeEnded(dead.store);
    void dead.token();
    await expect.poll(() => isRenewing).toBe(true);
    const renewed = other.token();
    await expect.poll(() => other.tryRun.mock.calls.length).toBeGreaterThan(1);
    clock.advance(60_001);
    expect(await renewed).toBe('new');
  });
});
