import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { silentLogger } from '../../src/kernel/logger.ts';
import {
  type FirestoreStoreOptions,
  openFirestoreStore,
} from '../../src/store/adapters/firestore/firestore-store.ts';
import { hasFirestoreEmulator } from '../fixtures/firestore-emulator.ts';
import { documentStoreSuite, type SuiteStore } from './document-store-suite.ts';
import { suiteCollections } from './suite-collections.ts';

async function openFirestore(
  beforeCommit: (run: number) => 'conflict' | undefined,
): Promise<SuiteStore> {
  const options: FirestoreStoreOptions = {
    projectId: `test-${randomUUID()}`,
    databaseId: null,
    serviceAccountJson: null,
    collections: suiteCollections,
    cipher: null,
    logger: silentLogger,
  };
  const store = await openFirestoreStore({ ...options, beforeCommit });
  const other = await openFirestoreStore(options);
  return {
    store,
    other,
    dispose: async () => {
      await store.close();
      await other.close();
    },
  };
}

describe.skipIf(!hasFirestoreEmulator())('with the Firestore emulator', () => {
  documentStoreSuite('firestore', () => openFirestore(() => undefined));
  documentStoreSuite('firestore, every transaction run twice', () =>
    openFirestore((run) => (run === 1 ? 'conflict' : undefined)),
  );
});
