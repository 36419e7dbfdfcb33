import Database from 'better-sqlite3';

/** Returns what is wrong with a file that should be a store; null if it is a whole one. */
export function findDatabaseFault(path: string): string | null {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true });
    if (db.pragma('quick_check(1)', { simple: true }) !== 'ok') return 'is damaged';
    const tables = db.prepare("SELECT 1 FROM sqlite_master WHERE name = '_meta'").get();
    return tables === undefined ? 'is no store of this program' : null;
  } catch (error) {
    if (error instanceof Database.SqliteError) return 'is no database';
    throw error;
  } finally {
    db?.close();
  }
}
