import { closeSync, existsSync, openSync, rmSync, statfsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../../kernel/errors.ts';
import type { SqliteDatabase } from '../../../kernel/sqlite/sqlite-database.ts';
import { VERSION } from '../../../kernel/version.ts';
import { LOCK_FILE } from '../../store-engine.ts';
import { takeLock } from './directory-lock.ts';
import { MIGRATIONS, type Migration, SCHEMA_VERSION } from './migrations.ts';

/** How long the copy from before a migration is kept, milliseconds. What users delete later is still in it. */
const KEEP_COPY_MS = 30 * 24 * 3_600_000;

export interface MigrationOptions {
  migrations?: readonly Migration[];
  /** Now, milliseconds. */
  now?: number;
}

/**
 * Brings a store file to this program's schema version. The file is copied first, to
 * `store.sqlite.schema-<version>` beside it. The copy is removed after 30 days.
 *
 * @throws AppError `invalid-configuration` for a file of a newer release, `conflict` if a server runs on the
 *   file, `disk-full` if there is no room for the copy
 */
export function migrateDatabase(
  db: SqliteDatabase,
  path: string,
  { migrations = MIGRATIONS, now = Date.now() }: MigrationOptions = {},
): void {
  const target = migrations.at(-1)?.version ?? 1;
  const fault = findNewerSchema(db, target);
  if (fault !== null) {
    throw new AppError(
      'invalid-configuration',
      `The database ${path} ${fault}. Nothing was changed. Install that release or a newer one, or restore a backup from before the update (docs/updating.md).`,
    );
  }
  const found = schemaOf(db);
  removeOldCopies(path, target, now);
  // Version 0 is a file without tables yet.
  if (found === 0 || found === target) return;
  const release = lockForMigration(path);
  try {
    copyDatabase(db, path, found);
    db.transaction(() => {
      // Another process may have migrated it since.
      for (const { version, run } of migrations) if (version > schemaOf(db)) run?.(db);
      db.pragma(`user_version = ${target}`);
      recordProgram(db);
    }).immediate();
  } finally {
    release();
  }
}

/** Returns how a file says that a newer release wrote it; null if this program can read it. */
export function findNewerSchema(db: SqliteDatabase, known = SCHEMA_VERSION): string | null {
  const found = schemaOf(db);
  if (found <= known) return null;
  const program = db.prepare<[], object>("SELECT 1 FROM sqlite_master WHERE name = '_meta'").get()
    ? db.prepare<[], { value: string }>("SELECT value FROM _meta WHERE key = 'program'").get()
    : undefined;
  const writer = program === undefined ? 'a newer release' : `release ${program.value}`;
  return `was written by ${writer} (schema version ${found}); this is ${VERSION}, which reads up to version ${known}`;
}

/** Notes which release wrote the file, for the message of an earlier one. */
export function recordProgram(db: SqliteDatabase): void {
  db.prepare(
    "INSERT INTO _meta (key, value) VALUES ('program', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  ).run(VERSION);
}

function schemaOf(db: SqliteDatabase): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/** Returns where the copy of a file of a schema version is kept. */
export function copyPath(path: string, version: number): string {
  return `${path}.schema-${version}`;
}

/** Takes the lock of the server on the directory for the time of the migration. */
function lockForMigration(path: string): () => void {
  const lockFile = join(dirname(path), LOCK_FILE);
  if (!existsSync(lockFile)) return () => undefined;
  const release = takeLock(lockFile);
  if (release) return release;
  throw new AppError(
    'conflict',
    `A server of an earlier release runs on ${path}. Stop it, then start this release: it makes a copy and updates the data.`,
  );
}

function copyDatabase(db: SqliteDatabase, path: string, version: number): void {
  const target = copyPath(path, version);
  // A copy that is there was broken off, or is of an earlier attempt: the file has not been changed since.
  rmSync(target, { force: true });
  const { bavail, bsize } = statfsSync(dirname(path));
  const needed = statSync(path).size;
  if (needed > bavail * bsize) {
    throw new AppError(
      'disk-full',
      `Before this release updates the data it copies ${basename(path)}, and there is no room: ${dirname(path)} needs ${Math.ceil(needed / 2 ** 20)} MB more. Nothing was changed.`,
    );
  }
  closeSync(openSync(target, 'wx', 0o600));
  try {
    db.prepare('VACUUM INTO ?').run(target);
  } catch (error) {
    rmSync(target, { force: true });
    throw error;
  }
}

function removeOldCopies(path: string, current: number, now: number): void {
  for (let version = 1; version < current; version += 1) {
    const copy = statSync(copyPath(path, version), { throwIfNoEntry: false });
    if (copy && now - copy.mtimeMs > KEEP_COPY_MS) rmSync(copyPath(path, version));
  }
}
