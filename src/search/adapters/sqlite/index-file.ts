import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { getLoadablePath } from 'sqlite-vec';
import { openSqlite } from '../../../kernel/sqlite/open-sqlite.ts';
import { sqliteCode } from '../../../kernel/sqlite/sqlite-code.ts';
import type { SqliteDatabase, SqliteStatement } from '../../../kernel/sqlite/sqlite-database.ts';

/** Raised with the shape of the tables or the words in them; a file of another version is built anew. */
const SCHEMA_VERSION = 3;

const SCHEMA = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE docs (
  rowid INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  id TEXT NOT NULL,
  subject_kind INTEGER NOT NULL,
  subject TEXT NOT NULL,
  conversation TEXT,
  happened INTEGER NOT NULL,
  discarded INTEGER NOT NULL,
  embedded INTEGER NOT NULL,
  hash BLOB NOT NULL
);
CREATE UNIQUE INDEX docs_id ON docs (id, kind);
CREATE INDEX docs_subject ON docs (subject, subject_kind);
CREATE INDEX docs_pending ON docs (rowid) WHERE embedded = 0;
-- Apart from docs, so that filtering thousands of candidates reads narrow rows.
CREATE TABLE texts (
  rowid INTEGER PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL,
  segments TEXT NOT NULL, lines TEXT NOT NULL, facets TEXT NOT NULL, category TEXT
);
-- Documents that are gone and whose vectors a service elsewhere still has.
CREATE TABLE gone (kind INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (
  title, text, context, people, content = '', contentless_delete = 1,
  tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);
`;

export type Sqlite = SqliteDatabase;

const prepared = new WeakMap<Sqlite, Map<string, unknown>>();

/**
 * Returns the prepared statement of a text, the same one each time. For texts that are written in the sources,
 * so that a connection keeps a few.
 */
export function prepareOnce<P extends readonly unknown[], R>(
  db: Sqlite,
  sql: string,
): SqliteStatement<P, R> {
  const statements = prepared.get(db) ?? new Map<string, unknown>();
  prepared.set(db, statements);
  const statement = statements.get(sql) ?? db.prepare<P, R>(sql);
  statements.set(sql, statement);
  return statement as SqliteStatement<P, R>;
}

/**
 * Opens one user's file, creating it if it is absent, damaged or of another schema. `vectors`:
 * an embedding model is configured.
 */
export function openIndexFile(path: string, vectors: boolean): Sqlite {
  const existing = existsSync(path) ? tryOpen(path) : undefined;
  const db = existing ?? createFile(path);
  try {
    if (vectors || readMeta(db, 'vector_dimension') !== undefined)
      db.loadExtension(getLoadablePath());
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

function tryOpen(path: string): Sqlite | undefined {
  let db: Sqlite | undefined;
  try {
    db = configure(openSqlite(path));
    if (db.pragma('user_version', { simple: true }) === SCHEMA_VERSION) return db;
    db.close();
  } catch (error) {
    db?.close();
    if (!isDamage(error)) throw error;
  }
  return undefined;
}

function createFile(path: string): Sqlite {
  removeIndexFile(path);
  // What SQLite keeps beside a file gets the file's mode.
  closeSync(openSync(path, 'a', 0o600));
  const db = configure(openSqlite(path));
  db.transaction(() => {
    db.exec(SCHEMA);
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
  })();
  return db;
}

function configure(db: Sqlite): Sqlite {
  db.pragma('journal_mode = WAL');
  // The watermark is in the same commit as the words, so a lost commit is only fed again.
  db.pragma('synchronous = NORMAL');
  db.pragma('cache_size = -16000');
  return db;
}

/** Deletes a user's file and what SQLite keeps beside it. */
export function removeIndexFile(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}

/** True if SQLite says that the file is not what it should be. */
export function isDamage(error: unknown): boolean {
  return ['SQLITE_CORRUPT', 'SQLITE_NOTADB'].includes(sqliteCode(error) ?? '');
}

export function readMeta(db: Sqlite, key: string): string | number | undefined {
  const row = db
    .prepare<[string], { value: string | number }>('SELECT value FROM meta WHERE key = ?')
    .get(key);
  return row?.value;
}

export function writeMeta(db: Sqlite, key: string, value: string | number): void {
  db.prepare(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  ).run(key, value);
}
