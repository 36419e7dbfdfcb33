import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/kernel/logger.ts';
import {
  openSqliteStore,
  type SqliteStoreOptions,
} from '../../src/store/adapters/sqlite/sqlite-store.ts';
import { documentStoreSuite, type SuiteStore } from './document-store-suite.ts';
import { suiteCollections } from './suite-collections.ts';

async function openSqlite(
  beforeCommit: (run: number) => 'conflict' | undefined,
): Promise<SuiteStore> {
  const folder = await mkdtemp(join(tmpdir(), 'store-'));
  const options: SqliteStoreOptions = {
    path: join(folder, 'data.db'),
    collections: suiteCollections,
    durability: 'process',
    logger: silentLogger,
  };
  const store = await openSqliteStore({ ...options, beforeCommit });
  const other = await openSqliteStore(options);
  return {
    store,
    other,
    dispose: async () => {
      await store.close();
      await other.close();
      await rm(folder, { recursive: true });
    },
  };
}

documentStoreSuite('sqlite', () => openSqlite(() => undefined));
documentStoreSuite('sqlite, every transaction run twice', () =>
  openSqlite((run) => (run === 1 ? 'conflict' : undefined)),
);
