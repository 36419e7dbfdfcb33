import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/kernel/logger.ts';
import { createUserCipher } from '../../src/kernel/user-cipher.ts';
import { openSqliteStore } from '../../src/store/adapters/sqlite/sqlite-store.ts';
import { SealingStore } from '../../src/store/sealing-store.ts';
import { documentStoreSuite, type SuiteStore } from './document-store-suite.ts';
import { suiteCollections } from './suite-collections.ts';

/** `tags` of a note is no text, so both kinds of sealed fields take part. */
const collections = suiteCollections.map((collection) =>
  collection.name === 'contract_notes' ? { ...collection, sealed: ['text', 'tags'] } : collection,
);

async function openSealed(): Promise<SuiteStore> {
  const folder = await mkdtemp(join(tmpdir(), 'store-'));
  const sealing = new SealingStore(
    collections,
    createUserCipher('a secret of more than thirty-two bytes'),
  );
  const options = {
    path: join(folder, 'data.db'),
    collections: sealing.collections,
    durability: 'process' as const,
    logger: silentLogger,
  };
  const store = sealing.over(await openSqliteStore(options));
  const other = sealing.over(await openSqliteStore(options));
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

documentStoreSuite('sqlite, sealed fields', openSealed);
