import { AppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { UserCipher } from '../kernel/user-cipher.ts';
import type { AnyCollection } from '../model/collection.ts';
import type { DocumentStore } from './document-store.ts';

/** Where a Firestore database is; null of each: what the credentials of the machine say. */
export interface FirestoreLocation {
  projectId: string | null;
  databaseId: string | null;
  /** Google's service account, as JSON. */
  serviceAccountJson: string | null;
  /** Reads what Omi has encrypted, and seals transcripts as Omi does; null: neither. */
  cipher: UserCipher | null;
}

export interface DocumentStoreOptions {
  /** Path of the database file, for the engines that have one. */
  path: string;
  collections: readonly AnyCollection[];
  /** Null for the engines that need none. */
  firestore: FirestoreLocation | null;
  /** What a commit survives: the death of the process, or also the loss of power. */
  durability: 'process' | 'power';
  logger: Logger;
}

type Open = (options: DocumentStoreOptions) => Promise<DocumentStore>;

/** The engines, each loaded when it is asked for. */
const engines = new Map<string, Open>([
  [
    'sqlite',
    async (options) => {
      const { openSqliteStore } = await import('./adapters/sqlite/sqlite-store.ts');
      return openSqliteStore(options);
    },
  ],
  [
    'firestore',
    async ({ firestore, ...options }) => {
      if (!firestore) {
        throw new AppError('invalid-configuration', 'STORE=firestore has no place.');
      }
      const { openFirestoreStore } = await importFirestore();
      return openFirestoreStore({ ...options, ...firestore });
    },
  ],
]);

/** The client is an optional package: small installations do without. */
async function importFirestore() {
  try {
    return await import('./adapters/firestore/firestore-store.ts');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new AppError(
      'not-configured',
      'STORE=firestore needs the npm package @google-cloud/firestore: npm install @google-cloud/firestore@8',
      { cause: error },
    );
  }
}

/**
 * Takes the lock on a directory that one process alone may serve, until it is given back or the
 * process ends. Returns null if another has it.
 */
export async function takeDirectoryLock(file: string): Promise<(() => void) | null> {
  const { takeLock } = await import('./adapters/sqlite/directory-lock.ts');
  return takeLock(file);
}

/** Opens the document store of the named engine. @throws AppError `invalid-configuration` */
export async function openDocumentStore(
  engine: string,
  options: DocumentStoreOptions,
): Promise<DocumentStore> {
  const open = engines.get(engine);
  if (!open) {
    const choices = [...engines.keys()].join(', ');
    throw new AppError(
      'invalid-configuration',
      `There is no document store "${engine}"; STORE takes: ${choices}.`,
    );
  }
  return open(options);
}
