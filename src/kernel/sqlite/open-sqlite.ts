import { createRequire } from 'node:module';
import type BetterSqlite from 'better-sqlite3';
import { AppError } from '../errors.ts';
import { findNodeSqlite, NodeSqlite } from './node-driver.ts';
import type { SqliteDatabase, SqliteOptions } from './sqlite-database.ts';

const load = createRequire(import.meta.url);
const nodeSqlite = findNodeSqlite();
let betterSqlite: typeof BetterSqlite | undefined;

/** Name of the driver that is used: part of Node, or the package for a Node without SQLite. */
export const SQLITE_DRIVER = nodeSqlite ? 'node:sqlite' : 'better-sqlite3';

/**
 * Opens a database file.
 *
 * @throws AppError `invalid-configuration` if there is no SQLite for this Node; errors of SQLite, see
 * `sqliteCode`
 */
export function openSqlite(path: string, options: SqliteOptions = {}): SqliteDatabase {
  if (nodeSqlite) return new NodeSqlite(nodeSqlite, path, options);
  betterSqlite ??= loadBetterSqlite();
  return new betterSqlite(path, options) as unknown as SqliteDatabase;
}

/** The package is there only if it is needed: Node 20 has no SQLite of its own. */
function loadBetterSqlite(): typeof BetterSqlite {
  for (const from of ['better-sqlite3', 'sqlite-for-node-20/node_modules/better-sqlite3']) {
    try {
      const found = load(from) as typeof BetterSqlite;
      // The native part is loaded at the first use.
      new found(':memory:').close();
      return found;
    } catch (error) {
      if (!isMissing(error)) throw notUsable(error);
    }
  }
  throw notUsable(undefined);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
}

function notUsable(cause: unknown): AppError {
  return new AppError(
    'invalid-configuration',
    `Node ${process.versions.node} has no SQLite. Install Node 22.16 or newer, which needs nothing else. Or install better-sqlite3@12 beside this package (with -g if it is global); if no prebuilt binary fits, that needs Python, make and a C++ compiler.`,
    cause === undefined ? {} : { cause },
  );
}
