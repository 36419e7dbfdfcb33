import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findNodeSqlite } from '../../../src/kernel/sqlite/node-driver.ts';
import { openSqlite, SQLITE_DRIVER } from '../../../src/kernel/sqlite/open-sqlite.ts';
import { sqliteCode } from '../../../src/kernel/sqlite/sqlite-code.ts';
import type { SqliteDatabase } from '../../../src/kernel/sqlite/sqlite-database.ts';

describe(`SQLite by ${SQLITE_DRIVER}`, () => {
  let folder: string;
  let file: string;
  let db: SqliteDatabase;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'omi-sqlite-'));
    file = path.join(folder, 'a.sqlite');
    db = openSqlite(file, { timeout: 0 });
    db.exec('CREATE TABLE t (n INTEGER PRIMARY KEY, b BLOB) STRICT');
  });
  afterEach(() => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const numbers = () =>
    db
      .prepare<[], { n: number }>('SELECT n FROM t ORDER BY n')
      .all()
      .map(({ n }) => n);
  const insert = (n: number) => db.prepare('INSERT INTO t (n) VALUES (?)').run(n);

  it('is part of Node from 22.16 on', () => {
    for (const version of ['20.20.2', '22.15.1', '21.99.0']) {
      expect(findNodeSqlite(version)).toBeUndefined();
    }
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const isBuiltIn = major > 22 || (major === 22 && minor >= 16);
    expect(SQLITE_DRIVER).toBe(isBuiltIn ? 'node:sqlite' : 'better-sqlite3');
  });

  it('binds values in order and by name, and ignores names that a statement has not', () => {
    expect(insert(1).changes).toBe(1);
    const byName = db.prepare<[Record<string, number>], { n: number }>(
      'SELECT n FROM t WHERE n = :n',
    );
    expect(byName.get({ n: 1, other: 2 })?.n).toBe(1);
    expect(byName.get({ n: 2 })).toBeUndefined();
    db.prepare('UPDATE t SET b = ? WHERE n = 1').run(new Uint8Array([1, 2]));
    const row = db.prepare<[], { b: Uint8Array }>('SELECT b FROM t').get();
    expect([...(row?.b ?? [])]).toEqual([1, 2]);
  });

  it('commits or undoes a transaction, and a part of one', () => {
    expect(db.transaction(() => insert(1).changes)()).toBe(1);
    const failing = db.transaction(() => {
      insert(3);
      throw new Error('undo');
    });
    expect(() => failing.immediate()).toThrow('undo');
    db.transaction(() => {
      insert(2);
      expect(db.inTransaction).toBe(true);
      expect(() => failing()).toThrow('undo');
    })();
    expect(numbers()).toEqual([1, 2]);
    expect(db.inTransaction).toBe(false);
  });

  it('reads pragmas as rows or as one value', () => {
    expect(db.pragma('journal_mode = WAL', { simple: true })).toBe('wal');
    expect(db.pragma('user_version')).toEqual([{ user_version: 0 }]);
  });

  it('names the codes of its errors', () => {
    const codeOf = (work: () => unknown) => {
      try {
        work();
      } catch (error) {
        return sqliteCode(error);
      }
      return undefined;
    };
    insert(1);
    expect(codeOf(() => insert(1))).toBe('SQLITE_CONSTRAINT');
    expect(codeOf(() => db.exec('nonsense'))).toBe('SQLITE_ERROR');
    const other = openSqlite(file, { timeout: 0 });
    other.exec('BEGIN IMMEDIATE');
    expect(codeOf(() => insert(2))).toBe('SQLITE_BUSY');
    other.close();
    const absent = path.join(folder, 'absent.sqlite');
    expect(codeOf(() => openSqlite(absent, { fileMustExist: true }))).toBe('SQLITE_CANTOPEN');
    const read = openSqlite(file, { readonly: true });
    expect(codeOf(() => read.exec('DELETE FROM t'))).toBe('SQLITE_READONLY');
    read.close();
    expect(read.open).toBe(false);
    expect(sqliteCode(new Error('x'))).toBeNull();
    expect(sqliteCode(Object.assign(new Error('x'), { code: 'EPIPE' }))).toBeNull();
  });

  it('finds words, and vectors by an extension', async () => {
    const { load } = await import('sqlite-vec');
    load(db);
    const row = db.prepare<[], { v: string }>('SELECT vec_version() AS v').get();
    expect(row?.v).toMatch(/^v0\.1/);
    db.exec("CREATE VIRTUAL TABLE w USING fts5 (text, tokenize = 'porter unicode61')");
    db.prepare('INSERT INTO w VALUES (?)').run('running');
    expect(db.prepare("SELECT 1 FROM w WHERE w MATCH 'runs'").all()).toHaveLength(1);
  });
});
