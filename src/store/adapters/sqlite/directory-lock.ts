import { closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';

/**
 * Takes a lock that lasts until it is released or the process ends. It is the operating system's lock on
 * an empty database, so a crash leaves no lock behind.
 *
 * @returns how to release it; null if another process has it
 */
export function takeLock(path: string): (() => void) | null {
  closeSync(openSync(path, 'a', 0o600));
  const db = new Database(path, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null;
    throw error;
  }
  return () => db.close();
}
