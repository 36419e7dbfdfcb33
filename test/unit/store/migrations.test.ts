import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/kernel/sqlite/open-sqlite.ts';
import type { SqliteDatabase } from '../../../src/kernel/sqlite/sqlite-database.ts';
import { VERSION } from '../../../src/kernel/version.ts';
import { findDatabaseFault } from '../../../src/store/adapters/sqlite/check-database.ts';
import { takeLock } from '../../../src/store/adapters/sqlite/directory-lock.ts';
import { copyPath, migrateDatabase } from '../../../src/store/adapters/sqlite/migrate-database.ts';
import { MIGRATIONS, SCHEMA_VERSION } from '../../../src/store/adapters/sqlite/migrations.ts';

const RELEASED = fileURLToPath(new URL('../../fixtures/data-directories/', import.meta.url));
const DAY_MS = 24 * 3_600_000;
const TO_3 = {
  version: 3,
  release: '9.0.0',
  run: (db: SqliteDatabase) => db.exec("UPDATE notes SET text = upper(text) WHERE text <> ''"),
};

let folder: string;
let path: string;
let db: SqliteDatabase;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omi-migrations-'));
  path = join(folder, 'store.sqlite');
  db = openSqlite(path);
  db.pragma('journal_mode = WAL');
  db.exec(`CREATE TABLE _meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('kept')`);
  db.pragma('user_version = 2');
});

afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const version = (file = db) => file.pragma('user_version', { simple: true });
const text = (file = db) =>
  file.prepare<[], { text: string }>('SELECT text FROM notes').get()?.text;

describe('a migration', () => {
  it('copies the file as it was, then changes it', () => {
    migrateDatabase(db, path, { migrations: [...MIGRATIONS, TO_3] });
    expect([version(), text()]).toEqual([3, 'KEPT']);
    const copy = openSqlite(copyPath(path, 2), { readonly: true });
    expect([version(copy), text(copy)]).toEqual([2, 'kept']);
    copy.close();
    expect(statSync(copyPath(path, 2)).mode & 0o777).toBe(0o600);
  });

  it('runs every step since the version of the file', () => {
    const ran: number[] = [];
    const step = (to: number) => ({ version: to, release: '9', run: () => void ran.push(to) });
    migrateDatabase(db, path, { migrations: [step(2), step(3), step(4)] });
    expect(ran).toEqual([3, 4]);
    migrateDatabase(db, path, { migrations: [step(2), step(3), step(4)] });
    expect(ran).toEqual([3, 4]);
  });

  it('leaves the file as it was if it fails, and runs again at the next start', () => {
    const run = () => {
      TO_3.run(db);
      throw new Error('half done');
    };
    const failing = [...MIGRATIONS, { ...TO_3, run }];
    expect(() => migrateDatabase(db, path, { migrations: failing })).toThrow('half done');
    expect([version(), text()]).toEqual([2, 'kept']);
    migrateDatabase(db, path, { migrations: [...MIGRATIONS, TO_3] });
    expect([version(), text()]).toEqual([3, 'KEPT']);
  });

  it('waits for nobody: while a server holds the directory it is refused', () => {
    const release = takeLock(join(folder, 'server.lock'));
    expect(() => migrateDatabase(db, path, { migrations: [...MIGRATIONS, TO_3] })).toThrow(
      /A server of an earlier release runs on .*Stop it/,
    );
    expect([version(), existsSync(copyPath(path, 2))]).toEqual([2, false]);
    release?.();
    migrateDatabase(db, path, { migrations: [...MIGRATIONS, TO_3] });
    expect(version()).toBe(3);
  });

  it('keeps the copy for 30 days', () => {
    const migrations = [...MIGRATIONS, TO_3];
    migrateDatabase(db, path, { migrations });
    migrateDatabase(db, path, { migrations, now: Date.now() + 29 * DAY_MS });
    expect(existsSync(copyPath(path, 2))).toBe(true);
    migrateDatabase(db, path, { migrations, now: Date.now() + 31 * DAY_MS });
    expect(existsSync(copyPath(path, 2))).toBe(false);
  });
});

describe('a file of a newer release', () => {
  it('is refused with who wrote it and what to do, and not changed', () => {
    db.exec("INSERT INTO _meta VALUES ('program', '9.1.0')");
    db.pragma('user_version = 9');
    expect(() => migrateDatabase(db, path)).toThrow(
      `${path} was written by release 9.1.0 (schema version 9); this is ${VERSION}, which reads up to version ${SCHEMA_VERSION}. Nothing was changed. Install that release or a newer one`,
    );
    expect([version(), text()]).toEqual([9, 'kept']);
  });

  it('is refused without a name of the release, and by restore', () => {
    db.exec('DROP TABLE _meta');
    db.pragma('user_version = 9');
    expect(() => migrateDatabase(db, path)).toThrow(
      'written by a newer release (schema version 9)',
    );
    db.exec('CREATE TABLE _meta (key TEXT, value TEXT)');
    expect(findDatabaseFault(path)).toContain('was written by a newer release');
  });
});

describe('the list of migrations', () => {
  it('counts up by one', () => {
    expect(MIGRATIONS.map((migration) => migration.version)).toEqual(
      MIGRATIONS.map((_, index) => index + 2),
    );
  });

  it('is tested from a data directory of each schema version before the newest', () => {
    const names = readdirSync(RELEASED).filter((name) => name.endsWith('.tar.gz'));
    expect(names.length).toBeGreaterThanOrEqual(MIGRATIONS.length);
    expect(names).toContain('0.1.0.tar.gz');
    for (const name of names)
      expect(readFileSync(join(RELEASED, name)).length).toBeGreaterThan(1_000);
  });
});
