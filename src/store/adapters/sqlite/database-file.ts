import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../../kernel/errors.ts';
import { openSqlite } from '../../../kernel/sqlite/open-sqlite.ts';
import type { SqliteDatabase } from '../../../kernel/sqlite/sqlite-database.ts';
import type { CollectionTable } from './collection-table.ts';
import { migrateDatabase, recordProgram } from './migrate-database.ts';
import { SCHEMA_VERSION } from './migrations.ts';

/** Largest file that is checked if it was not closed cleanly, bytes; the check takes about 30 ms. */
const CHECK_LIMIT_BYTES = 8 * 1024 * 1024;
/** Longest wait while opening, milliseconds: another process may be creating the same tables. */
const OPEN_BUSY_MS = 5000;
/** Longest wait for another process that blocks the event loop; after it the commit is tried later. */
const BUSY_MS = 100;

/**
 * Opens the database file, readable by its owner only, migrates it to this program's schema version, and
 * changes tables and indexes to what the collections declare. With `power` every commit reaches the disk (fsync). With `process` that is left
 * to the operating system: a killed process loses nothing, a power cut may lose the last commits.
 *
 * A remaining write-ahead log means that the last shutdown was not clean, or that another process has
 * the file open. SQLite recovers by itself. A small file is checked as well; a large one is not, so
 * that a start stays fast.
 */
export function openDatabaseFile(
  path: string,
  tables: Iterable<CollectionTable>,
  durability: 'process' | 'power',
): SqliteDatabase {
  if (path.startsWith(':')) {
    throw new AppError('invalid-configuration', `The store needs a file, not "${path}".`);
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const unclean = sizeOf(`${path}-wal`) > 0;
  const db = openSqlite(path, { timeout: OPEN_BUSY_MS });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma(`synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
    db.pragma('wal_autocheckpoint = 0');
    db.pragma('temp_store = MEMORY');
    if (unclean && sizeOf(path) <= CHECK_LIMIT_BYTES) quickCheck(db, path);
    migrateDatabase(db, path);
    prepareTables(db, [...tables]);
    db.pragma(`busy_timeout = ${BUSY_MS}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function quickCheck(db: SqliteDatabase, path: string): void {
  if (db.pragma('quick_check(1)', { simple: true }) === 'ok') return;
  throw new AppError('internal', `The database ${path} is damaged; restore it from a backup.`);
}

function prepareTables(db: SqliteDatabase, tables: CollectionTable[]): void {
  const isNew = Number(db.pragma('user_version', { simple: true })) === 0;
  const listIndexes = db.prepare<[string], { name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
  );
  const isPrepared = (table: CollectionTable): boolean => {
    const present = new Set(listIndexes.all(table.definition.name).map((row) => row.name));
    return (
      present.size === table.indexes.length && table.indexes.every(({ name }) => present.has(name))
    );
  };
  const exists = db.prepare<[string]>("SELECT 1 FROM sqlite_master WHERE type='table' AND name=?");
  const missing = tables.filter(
    (table) => !exists.get(table.definition.name) || !isPrepared(table),
  );
  if (missing.length === 0 && !isNew) return;
  db.transaction(() => {
    db.exec('CREATE TABLE IF NOT EXISTS _meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT');
    for (const table of missing) {
      db.exec(table.createSql);
      const wanted = new Set(table.indexes.map((index) => index.name));
      for (const { name } of listIndexes.all(table.definition.name)) {
        if (!wanted.has(name)) db.exec(`DROP INDEX "${name}"`);
      }
      for (const index of table.indexes) db.exec(index.sql);
    }
    if (!isNew) return;
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
    recordProgram(db);
  }).immediate();
}
