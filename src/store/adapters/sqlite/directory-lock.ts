import { closeSync, openSync } from 'node:fs';
import { openSqlite } from '../../../kernel/sqlite/open-sqlite.ts';
import { sqliteCode } from '../../../kernel/sqlite/sqlite-code.ts';

/**
 * Takes a lock that lasts until it is released or the process ends. It is the operating system's lock on
 * an empty database, so a crash leaves no lock behind.
 *
 * @returns how to release it; null if another process has it
 */
export function takeLock(path: string): (() => void) | null {
  closeSync(openSync(path, 'a', 0o600));
  const db = openSqlite(path, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (sqliteCode(error) === 'SQLITE_BUSY') return null;
    throw error;
  }
  return () => db.close();
}
