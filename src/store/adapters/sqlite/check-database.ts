import { openSqlite } from '../../../kernel/sqlite/open-sqlite.ts';
import { sqliteCode } from '../../../kernel/sqlite/sqlite-code.ts';
import type { SqliteDatabase } from '../../../kernel/sqlite/sqlite-database.ts';
import { findNewerSchema } from './migrate-database.ts';

/** Returns what is wrong with a file that should be a store; null if it is a whole one that this program reads. */
export function findDatabaseFault(path: string): string | null {
  let db: SqliteDatabase | undefined;
  try {
    db = openSqlite(path, { readonly: true, fileMustExist: true });
    if (db.pragma('quick_check(1)', { simple: true }) !== 'ok') return 'is damaged';
    const tables = db.prepare("SELECT 1 FROM sqlite_master WHERE name = '_meta'").get();
    return tables === undefined ? 'is no store of this program' : findNewerSchema(db);
  } catch (error) {
    if (sqliteCode(error) !== null) return 'is no database';
    throw error;
  } finally {
    db?.close();
  }
}
