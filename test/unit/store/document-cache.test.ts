import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { DocumentCache } from '../../../src/store/adapters/sqlite/document-cache.ts';
import { openSqliteStore } from '../../../src/store/adapters/sqlite/sqlite-store.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { makeNote, notes, suiteCollections } from '../../contract/suite-collections.ts';

describe('documents that the SQLite store remembers', () => {
  let folder: string;
  let path: string;
  const stores: DocumentStore[] = [];
  const open = async (): Promise<DocumentStore> => {
    const options = { path, collections: suiteCollections, durability: 'process' } as const;
    const store = await openSqliteStore({ ...options, logger: silentLogger });
    stores.push(store);
    return store;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'document-cache-'));
    path = join(folder, 'data.db');
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    await rm(folder, { recursive: true });
  });

  it('are what is stored, whichever of two processes has written', async () => {
    const [here, there] = [await open(), await open()];
    const action = fc.record({
      by: fc.constantFrom(here, there),
      id: fc.constantFrom('a', 'b', 'c'),
      kind: fc.constantFrom('put', 'patch', 'delete', 'fail'),
      rank: fc.nat(9),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
        for (const { by, id, kind, rank } of actions) {
          const done = by.transact((tx) => {
            if (kind === 'put') tx.put(notes, 'ann', makeNote({ id, rank }));
            else if (kind === 'delete') tx.delete(notes, 'ann', id);
            else tx.patch(notes, 'ann', id, { rank });
            // Undone with everything before it in the transaction.
            if (kind === 'fail') tx.patch(notes, 'ann', 'nobody', { rank });
          });
          await done.catch(() => undefined);
          const stored = await readAnew(id);
          for (const store of [here, there]) {
            expect(await store.find(notes, 'ann', id)).toEqual(stored);
            expect(await store.transact((tx) => tx.find(notes, 'ann', id))).toEqual(stored);
          }
        }
      }),
      { numRuns: 40 },
    );

    function readAnew(id: string): unknown {
      const db = new Database(path, { readonly: true });
      const row = db
        .prepare('SELECT body FROM contract_notes WHERE owner = ? AND id = ?')
        .get('ann', id);
      db.close();
      return row && JSON.parse((row as { body: string }).body);
    }
  });

  it('do not change with what a caller does to a document', async () => {
    const store = await open();
    const note = makeNote({ id: 'n', tags: ['one'] });
    await store.transact((tx) => tx.put(notes, 'ann', note));
    note.tags.push('two');
    const found = await store.find(notes, 'ann', 'n');
    found?.tags.push('three');
    expect((await store.find(notes, 'ann', 'n'))?.tags).toEqual(['one']);
  });

  it('refuse a change that does not fit, and name its field alone', async () => {
    const store = await open();
    await store.transact((tx) => tx.put(notes, 'ann', makeNote({ id: 'n' })));
    const change = { rank: 'secret words' } as unknown as { rank: number };
    const refused = store.transact((tx) => tx.patch(notes, 'ann', 'n', change));
    await expect(refused).rejects.toThrow(/contract_notes does not fit its schema: rank \(/u);
    await expect(refused).rejects.not.toThrow(/secret/u);
  });
});

describe('DocumentCache', () => {
  it('drops the least recently used documents, and keeps none that is very large', () => {
    const cache = new DocumentCache();
    const size = 2 ** 18;
    for (let i = 0; i < 16; i += 1) cache.keep(`d${i}`, notes, i, {}, size);
    expect(cache.find('d0', notes, 0)).toEqual({});
    cache.keep('d16', notes, 16, {}, size);
    expect([cache.has('d0'), cache.has('d1'), cache.has('d16')]).toEqual([true, false, true]);
    cache.keep('d0', notes, 1, {}, size + 1);
    expect(cache.has('d0')).toBe(false);
  });
});
