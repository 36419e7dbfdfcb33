import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/kernel/logger.ts';
import { COLLECTIONS } from '../../src/model/collections.ts';
import { openSqliteStore } from '../../src/store/adapters/sqlite/sqlite-store.ts';
import type { DocumentStore } from '../../src/store/document-store.ts';

/** The store alone, with all collections, in a temporary folder. */
export async function openTestStore(
  beforeCommit?: (run: number) => 'conflict' | undefined,
): Promise<{ store: DocumentStore; close: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'omi-backend-store-'));
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
