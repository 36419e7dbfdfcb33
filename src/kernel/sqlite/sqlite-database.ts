/** What a statement binds to a place-holder. */
export type SqliteValue = string | number | bigint | Uint8Array | null;

/** A prepared statement; the parameters are values in order, or one object of values by name. */
export interface SqliteStatement<P extends readonly unknown[], R> {
  run(...parameters: P): { changes: number | bigint };
  get(...parameters: P): R | undefined;
  all(...parameters: P): R[];
}

/**
 * A connection to an SQLite file, synchronous. There are two drivers: the one that is built into Node, and
 * `better-sqlite3` for a Node without it. Bytes that are read are `Uint8Array`.
 */
export interface SqliteDatabase {
  readonly open: boolean;
  readonly inTransaction: boolean;
  exec(sql: string): unknown;
  prepare<P extends readonly unknown[] = SqliteValue[], R = unknown>(
    sql: string,
  ): SqliteStatement<P, R>;
  /** Returns the rows of a pragma, or with `simple` the first value of the first row. */
  pragma(source: string, options?: { simple?: boolean }): unknown;
  /** Returns a function that runs `work` in a transaction, or in a savepoint within one. */
  transaction<R>(work: () => R): (() => R) & { immediate(): R };
  /** Loads an extension, such as the one for vectors. */
  loadExtension(path: string): unknown;
  close(): unknown;
}

export interface SqliteOptions {
  readonly?: boolean;
  /** An absent file is an error instead of an empty database. */
  fileMustExist?: boolean;
  /** Longest wait for a lock, milliseconds; 5000 if not given. */
  timeout?: number;
}
