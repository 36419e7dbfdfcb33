import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/kernel/logger.ts';
import { createUserCipher } from '../../src/kernel/user-cipher.ts';
import { openSqliteStore } from '../../src/store/adapters/sqlite/sqlite-store.ts';
import { EncryptingStore } from '../../src/store/encrypting-store.ts';
import { documentStoreSuite, type SuiteStore } from './document-store-suite.ts';
import { suiteCollections } from './suite-collections.ts';

/** `tags` of a note is no text, so both kinds of encrypted fields take part. */
const collections = suiteCollections.map((collection) =>
  collection.name === 'contract_notes'
    ? { ...collection, encrypted: ['text', 'tags'] }
    : collection,
);

async function decryptStored(): Promise<SuiteStore> {
  const folder = await mkdtemp(join(tmpdir(), 'store-'));
  const encrypting = new EncryptingStore(
    collections,
    createUserCipher('a secret of more than thirty-two bytes'),
  );
  const options = {
    path: join(folder, 'data.db'),
    collections: encrypting.collections,
    durability: 'process' as const,
    logger: silentLogger,
  };
  const store = encrypting.over(await openSqliteStore(options));
  const other = encrypting.over(await openSqliteStore(options));
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

documentStoreSuite('sqlite, encrypted fields', decryptStored);
