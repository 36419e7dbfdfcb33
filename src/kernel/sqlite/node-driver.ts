import { existsSync } from 'node:fs';
import type {
  SqliteDatabase,
  SqliteOptions,
  SqliteStatement,
  SqliteValue,
} from './sqlite-database.ts';

/** What is used of https://nodejs.org/api/sqlite.html; the installed types describe Node 20. */
interface DatabaseSync {
  readonly isOpen: boolean;
  readonly isTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): { setAllowUnknownNamedParameters(allow: boolean): void };
  loadExtension(path: string): void;
  enableLoadExtension(allow: boolean): void;
  close(): void;
}
interface NodeSqliteModule {
  DatabaseSync: new (
    path: string,
    options: { readOnly: boolean; timeout: number; allowExtension: boolean },
  ) => DatabaseSync;
}

const DEFAULT_TIMEOUT_MS = 5_000;
/** The first release in which the module has all that is used here. */
const FIRST = [22, 16] as const;

/** Returns SQLite as it is built into Node; undefined before Node 22.16. */
export function findNodeSqlite(
  version: string = process.versions.node,
): NodeSqliteModule | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < FIRST[0] || (major === FIRST[0] && minor < FIRST[1])) return undefined;
  return withoutWarning(
    () => process.getBuiltinModule('node:sqlite') as NodeSqliteModule | undefined,
  );
}

/** Node prints at the first use that the module may still change; it is of no use to an operator. */
function withoutWarning<T>(load: () => T): T {
  const emitWarning = process.emitWarning;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!/SQLite is an experimental feature/u.test(String(warning))) {
      Reflect.apply(emitWarning, globalThis.process, [warning, ...rest]);
    }
  };
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** The driver for SQLite in Node. */
export class NodeSqlite implements SqliteDatabase {
  readonly #db: DatabaseSync;

  constructor(module: NodeSqliteModule, path: string, options: SqliteOptions) {
    if (options.fileMustExist && !existsSync(path)) {
      throw Object.assign(new Error('unable to open database file'), {
        code: 'ERR_SQLITE_ERROR',
        errcode: 14,
      });
    }
    const settings = {
      readOnly: options.readonly ?? false,
      timeout: options.timeout ?? DEFAULT_TIMEOUT_MS,
      allowExtension: true,
    };
    this.#db = new module.DatabaseSync(path, settings);
    this.#db.enableLoadExtension(false);
  }

  get open(): boolean {
    return this.#db.isOpen;
  }

  get inTransaction(): boolean {
    return this.#db.isTransaction;
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  prepare<P extends readonly unknown[] = SqliteValue[], R = unknown>(
    sql: string,
  ): SqliteStatement<P, R> {
    const statement = this.#db.prepare(sql);
    // One object of values may serve several statements.
    statement.setAllowUnknownNamedParameters(true);
    return statement as unknown as SqliteStatement<P, R>;
  }

  pragma(source: string, options: { simple?: boolean } = {}): unknown {
    const rows = this.prepare<[], Record<string, unknown>>(`PRAGMA ${source}`).all();
    return options.simple ? Object.values(rows[0] ?? {})[0] : rows;
  }

  transaction<R>(work: () => R): (() => R) & { immediate(): R } {
    const run = (begin: string): R => {
      return this.inTransaction
        ? this.#within('SAVEPOINT part', 'RELEASE part', 'ROLLBACK TO part', work)
        : this.#within(begin, 'COMMIT', 'ROLLBACK', work);
    };
    return Object.assign(() => run('BEGIN'), { immediate: () => run('BEGIN IMMEDIATE') });
  }

  loadExtension(path: string): void {
    this.#db.enableLoadExtension(true);
    try {
      this.#db.loadExtension(path);
    } finally {
      this.#db.enableLoadExtension(false);
    }
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #within<R>(begin: string, commit: string, rollback: string, work: () => R): R {
    this.#db.exec(begin);
    try {
      const result = work();
      this.#db.exec(commit);
      return result;
    } catch (error) {
      // On a full disk, for example, SQLite has rolled back by itself.
      if (this.inTransaction) this.#db.exec(rollback);
      if (this.inTransaction && rollback !== 'ROLLBACK') this.#db.exec(commit);
      throw error;
    }
  }
}
