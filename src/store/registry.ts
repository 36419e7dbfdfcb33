import { firestore } from './adapters/firestore/firestore.settings.ts';
import { sqlite } from './adapters/sqlite/sqlite.settings.ts';
import type { StoreEngine } from './store-engine.ts';

/** The document stores that `STORE` chooses from; the first is the default. */
export const STORE_ENGINES: readonly [StoreEngine, ...StoreEngine[]] = [sqlite, firestore];

/** Returns what is wrong with a file that should be an embedded store; null if it is a whole one. */
export async function checkStoreFile(file: string): Promise<string | null> {
  const { findDatabaseFault } = await import('./adapters/sqlite/check-database.ts');
  return findDatabaseFault(file);
}

/**
 * Takes the lock on a directory that one process alone may serve, until it is given back or the
 * process ends. Returns null if another has it.
 */
export async function takeDirectoryLock(file: string): Promise<(() => void) | null> {
  const { takeLock } = await import('./adapters/sqlite/directory-lock.ts');
  return takeLock(file);
}
