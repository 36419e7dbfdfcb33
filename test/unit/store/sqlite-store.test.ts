import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { openSqlite } from '../../../src/kernel/sqlite/open-sqlite.ts';
import type { SqliteDatabase } from '../../../src/kernel/sqlite/sqlite-database.ts';
import { type AnyCollection, defineCollection } from '../../../src/model/collection.ts';
import { conversations, liveSegments } from '../../../src/model/conversations/conversation.ts';
import { jobs } from '../../../src/model/jobs.ts';
import { openSqliteStore } from '../../../src/store/adapters/sqlite/sqlite-store.ts';
import { queryAll } from '../../../src/store/collection.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { makeNote, notes, suiteCollections } from '../../contract/suite-collections.ts';

/** What every connection inherits from, whichever driver there is. */
const connection: SqliteDatabase = Object.getPrototypeOf(openSqlite(':memory:'));

describe('the SQLite store', () => {
  let folder: string;
  let path: string;
  const stores: DocumentStore[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sqlite-store-'));
    path = join(folder, 'deep', 'data.db');
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    await rm(folder, { recursive: true });
  });

  const open = async (
    collections: readonly AnyCollection[] = suiteCollections,
    durability: 'process' | 'power' = 'process',
  ): Promise<DocumentStore> => {
    const store = await openSqliteStore({ path, collections, durability, logger: silentLogger });
    stores.push(store);
    return store;
  };

  it('keeps what a killed process had committed, whole transactions only', async () => {
    const script = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let committed = -1;
    for await (const line of createInterface({ input: child.stdout })) {
      committed = Number(line);
      if (committed === 40) child.kill('SIGKILL');
    }
    const [, signal] = await exited;
    expect(signal).toBe('SIGKILL');
    expect(committed).toBeGreaterThanOrEqual(40);
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);

    const store = await open();
    const found = new Set<string>();
    for await (const note of queryAll(store, notes, 'ann', { query: 'byRank' })) found.add(note.id);
    for (let i = 0; i <= committed; i += 1) expect(found.has(`a${i}`)).toBe(true);
    for (const id of found)
      expect(found.has(id.replace(/^./, id[0] === 'a' ? 'b' : 'a'))).toBe(true);
  });

  it('is a file that only its owner can read, without a log once it is closed', async () => {
    const store = await open();
    await store.transact((tx) => tx.put(notes, 'ann', makeNote({ id: 'n' })));
    for (const file of [path, `${path}-wal`, `${path}-shm`]) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    await store.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  it('syncs each commit only where it has to survive the loss of power', async () => {
    // Of a connection, not of the file: asked through what a second store of the process sees.
    const seen: unknown[] = [];
    const { pragma } = connection;
    connection.pragma = function (this: SqliteDatabase, source, options) {
      if (source.startsWith('synchronous')) seen.push(source);
      return pragma.call(this, source, options ?? {});
    };
    try {
      await open(suiteCollections, 'process');
      await open(suiteCollections, 'power');
    } finally {
      connection.pragma = pragma;
    }
    expect(seen).toEqual(['synchronous = NORMAL', 'synchronous = FULL']);
  });

  it('refuses a file of a newer release, and one that is damaged', async () => {
    await (await open()).close();
    const db = openSqlite(path);
    db.pragma('user_version = 99');
    db.close();
    await expect(open()).rejects.toMatchObject({ code: 'invalid-configuration' });

    const other = openSqlite(path);
    other.pragma('user_version = 1');
    for (let i = 0; i < 500; i += 1) {
      other
        .prepare('INSERT INTO contract_notes VALUES (?, ?, 1, ?)')
        .run('ann', `n${i}`, JSON.stringify(makeNote({ id: `n${i}`, text: 'x'.repeat(500) })));
    }
    other.close();
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 8 * 4096, 30 * 4096);
    writeFileSync(path, bytes);
    // The log of an unclean shutdown: present, though nothing in it is valid.
    writeFileSync(`${path}-wal`, Buffer.alloc(64));
    await expect(open()).rejects.toThrow(/damaged|SQLITE_CORRUPT|malformed/);
  });

  it('waits for a writer in another process without failing the commit', async () => {
    const store = await open();
    const foreign = openSqlite(path);
    foreign.exec('BEGIN IMMEDIATE');
    const written = store.transact((tx) => tx.put(notes, 'ann', makeNote({ id: 'n' })));
    // The store has tried, and goes on trying, while the loop is free.
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await store.find(notes, 'ann', 'n')).toBeUndefined();
    foreign.exec('COMMIT');
    foreign.close();
    await written;
    expect(await store.find(notes, 'ann', 'n')).toBeDefined();
  });

  it('reads old documents by the new schema, and filters and orders by its defaults', async () => {
    const before = defineCollection({
      name: 'things',
      scope: 'user',
      schema: z.object({ id: z.string(), old: z.string() }),
      queries: { all: { filters: {}, orderBy: 'id', direction: 'asc' } },
    });
    const after = defineCollection({
      name: 'things',
      scope: 'user',
      schema: z.object({
        id: z.string(),
        starred: z.boolean().default(false),
        kind: z.string().default("it's new"),
        rank: z.number().nullable().default(3),
      }),
      queries: {
        byRank: {
          filters: { starred: 'eq', kind: 'eq' },
          orderBy: 'rank',
          direction: 'asc',
        },
      },
    });
    const first = await open([before]);
    await first.transact((tx) => tx.put(before, 'ann', { id: 'a', old: 'gone' }));
    await first.close();

    const second = await open([after]);
    const upgraded = { id: 'a', starred: false, kind: "it's new", rank: 3 };
    await second.transact((tx) => {
      tx.put(after, 'ann', { id: 'b', starred: true, kind: 'x', rank: 1 });
      tx.put(after, 'ann', { id: 'c', starred: false, kind: "it's new", rank: null });
    });
    expect(await second.find(after, 'ann', 'a')).toEqual(upgraded);
    const ids = async (filters: { starred?: boolean; kind?: string }): Promise<string[]> => {
      const page = await second.query(after, 'ann', { query: 'byRank', filters, limit: 10 });
      return page.items.map((thing) => thing.id);
    };
    expect(await ids({})).toEqual(['b', 'a', 'c']);
    expect(await ids({ starred: false })).toEqual(['a', 'c']);
    expect(await ids({ kind: "it's new" })).toEqual(['a', 'c']);
    const bounded = await second.query(after, 'ann', { query: 'byRank', from: 2, limit: 10 });
    expect(bounded.items).toEqual([upgraded]);
    await second.transact((tx) => tx.patch(after, 'ann', 'a', { starred: true }));
    expect(await ids({ starred: true })).toEqual(['b', 'a']);
    await second.close();

    const db = openSqlite(path);
    const body = db
      .prepare<[], { body: string }>("SELECT body FROM things WHERE id = 'a'")
      .get()?.body;
    const indexes = db
      .prepare<[], { n: number }>(
        "SELECT count(*) AS n FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
      )
      .get()?.n;
    db.close();
    expect(JSON.parse(body ?? '')).toEqual({ ...upgraded, starred: true });
    expect(indexes).toBe(2);
  });

  it('says which document does not fit, without its words', async () => {
    await (await open()).close();
    const db = openSqlite(path);
    db.prepare('INSERT INTO contract_notes VALUES (?, ?, 1, ?)').run(
      'ann',
      'n',
      '{"id":"n","text":{"secret":"words"}}',
    );
    db.close();
    const store = await open();
    const found = store.find(notes, 'ann', 'n');
    await expect(found).rejects.toThrow(/contract_notes.*text/);
    await expect(found).rejects.not.toThrow(/words/);
  });

  it('answers every declared query of the product from an index, sorting nothing but ties', async () => {
    const collections = [conversations, liveSegments, jobs];
    const plans: string[] = [];
    const { prepare } = connection;
    const store = await open(collections);
    connection.prepare = function (this: SqliteDatabase, source: string) {
      if (source.includes('INDEXED BY')) {
        const plan = prepare.call(this, `EXPLAIN QUERY PLAN ${source}`);
        const values = Array.from({ length: source.split('?').length - 1 }, () => 1);
        plans.push(
          (plan.all(...values) as { detail: string }[]).map((row) => row.detail).join('; '),
        );
      }
      return prepare.call(this, source);
    } as typeof prepare;
    try {
      const byConversation = { filters: { conversationId: 'c' }, limit: 5 };
      await store.query(conversations, 'u', { query: 'recent', limit: 5 });
      await store.query(conversations, 'u', {
        query: 'recent',
        filters: { discarded: false, folderId: 'f' },
        limit: 5,
      });
      await store.query(conversations, 'u', {
        query: 'recent',
        filters: { folderId: null },
        limit: 5,
      });
      await store.query(liveSegments, 'u', { query: 'ofConversation', ...byConversation });
      await store.query(liveSegments, 'u', { query: 'tailOfConversation', ...byConversation });
      const due = { filters: { state: ['waiting', 'running'] }, to: 5, limit: 5 } as const;
      await store.query(jobs, '', { query: 'due', ...due });
    } finally {
      connection.prepare = prepare;
    }
    expect(plans.length).toBeGreaterThan(5);
    for (const plan of plans) {
      expect(plan).toMatch(/^SEARCH \w+ USING INDEX \w+ \(owner=\?/);
      expect(plan).not.toMatch(/USE TEMP B-TREE FOR ORDER BY/);
    }
  });

  it('moves its log into the database while it is open', async () => {
    const store = await open();
    const text = 'x'.repeat(2000);
    const size = statSync(path).size;
    // Beyond 1000 pages, which is when the checkpoint thread does not wait for more.
    for (let i = 0; i < 20; i += 1) {
      await Promise.all(
        Array.from({ length: 150 }, (_, j) =>
          store.transact((tx) => tx.put(notes, 'ann', makeNote({ id: `n${i}-${j}`, text }))),
        ),
      );
    }
    while (statSync(path).size < size + 1_000_000) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await store.find(notes, 'ann', 'n19-149')).toBeDefined();
  });
});
