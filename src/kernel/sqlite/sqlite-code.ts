/** Names of SQLite's result codes (https://www.sqlite.org/rescode.html). */
const NAMES: Readonly<Record<number, string>> = {
  1: 'SQLITE_ERROR',
  3: 'SQLITE_PERM',
  4: 'SQLITE_ABORT',
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  7: 'SQLITE_NOMEM',
  8: 'SQLITE_READONLY',
  9: 'SQLITE_INTERRUPT',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  15: 'SQLITE_PROTOCOL',
  17: 'SQLITE_SCHEMA',
  18: 'SQLITE_TOOBIG',
  19: 'SQLITE_CONSTRAINT',
  20: 'SQLITE_MISMATCH',
  21: 'SQLITE_MISUSE',
  26: 'SQLITE_NOTADB',
};

/**
 * Returns the code of an error of SQLite, `SQLITE_BUSY`; null for any other error. Extended codes of
 * `better-sqlite3` are shortened to the primary one.
 */
export function sqliteCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  if (error.code === 'ERR_SQLITE_ERROR' && 'errcode' in error) {
    const primary = Number(error.errcode) & 0xff;
    return NAMES[primary] ?? `SQLITE_${primary}`;
  }
  if (typeof error.code !== 'string' || !/^SQLITE_[A-Z]+/.test(error.code)) return null;
  return /^SQLITE_[A-Z]+/.exec(error.code)?.[0] ?? null;
}
