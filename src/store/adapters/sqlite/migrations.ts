import type { SqliteDatabase } from '../../../kernel/sqlite/sqlite-database.ts';

/** A change of the store file from the schema version before to `version`. */
export interface Migration {
  version: number;
  /** The release that brought it. */
  release: string;
  /** Changes tables; runs in the transaction that also sets the version. Absent: nothing to change. */
  run?: (db: SqliteDatabase) => void;
}

/**
 * Every schema version after the first, in order. Raise it whenever an earlier release would lose or
 * misread what this one writes: the earlier release then refuses the file.
 *
 * Version 2: releases before 0.2.0 drop fields that they do not know when they write a document again.
 */
export const MIGRATIONS: readonly Migration[] = [{ version: 2, release: '0.2.0' }];

/** Schema version of a store file that this program writes; `user_version` in SQLite. */
export const SCHEMA_VERSION = MIGRATIONS.at(-1)?.version ?? 1;
