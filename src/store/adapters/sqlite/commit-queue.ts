import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../../kernel/errors.ts';
import { sqliteCode } from '../../../kernel/sqlite/sqlite-code.ts';
import type { SqliteDatabase, SqliteStatement } from '../../../kernel/sqlite/sqlite-database.ts';

/** Most transactions of one commit; more would block the event loop for too long. */
const BATCH_LIMIT = 256;
/** Longest wait of a commit for a writer in another process, milliseconds. */
const BUSY_LIMIT_MS = 10_000;
const BUSY_PAUSE_MS = 5;

/** One unit of work in a batch. It runs synchronously; if it throws, only it is rolled back. */
interface Entry {
  work: () => void;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Commits by natural batching: work that is submitted while the event loop is busy shares the next
 * `BEGIN IMMEDIATE … COMMIT`, which starts as soon as the loop is free, without a timer. Each entry of
 * several has its own savepoint, so that a failing one does not affect the others.
 */
export class CommitQueue {
  readonly #db: SqliteDatabase;
  readonly #begin: SqliteStatement<[], unknown>;
  readonly #commit: SqliteStatement<[], unknown>;
  readonly #savepoint: SqliteStatement<[], unknown>;
  readonly #release: SqliteStatement<[], unknown>;
  readonly #rollbackTo: SqliteStatement<[], unknown>;
  #entries: Entry[] = [];
  #scheduled = false;
  #busySince: number | undefined;
  #idle: (() => void)[] = [];
  /** Batches committed so far. */
  commits = 0;

  constructor(db: SqliteDatabase) {
    this.#db = db;
    this.#begin = db.prepare<[]>('BEGIN IMMEDIATE');
    this.#commit = db.prepare<[]>('COMMIT');
    this.#savepoint = db.prepare<[]>('SAVEPOINT entry');
    this.#release = db.prepare<[]>('RELEASE entry');
    this.#rollbackTo = db.prepare<[]>('ROLLBACK TO entry');
  }

  /** Resolves when `work` is committed; rejects with what it threw or why the commit failed. */
  submit(work: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#entries.push({ work, resolve, reject });
      this.#schedule();
    });
  }

  /** Resolves when no work waits for a commit. */
  async drain(): Promise<void> {
    if (!this.#scheduled) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    if (!this.#beginBatch()) return;
    const batch = this.#entries.splice(0, BATCH_LIMIT);
    const done = this.#commitBatch(batch);
    this.#scheduled = false;
    if (this.#entries.length > 0) this.#schedule();
    for (const entry of done) entry.resolve();
    if (!this.#scheduled) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Returns false if another process writes: the batch is tried again later. */
  #beginBatch(): boolean {
    try {
      this.#begin.run();
      this.#busySince = undefined;
      return true;
    } catch (error) {
      this.#busySince ??= Date.now();
      const waited = Date.now() - this.#busySince;
      if (isBusy(error) && waited < BUSY_LIMIT_MS) {
        void sleep(BUSY_PAUSE_MS).then(() => this.#flush());
        return false;
      }
      this.#busySince = undefined;
      this.#scheduled = false;
      for (const entry of this.#entries.splice(0)) entry.reject(storageError(error));
      for (const resolve of this.#idle.splice(0)) resolve();
      return false;
    }
  }

  /** Returns the entries that were committed, after it has rejected the others. */
  #commitBatch(batch: readonly Entry[]): Entry[] {
    const done: Entry[] = [];
    try {
      const [first] = batch;
      if (first && batch.length === 1) {
        // If it throws, the whole commit is rolled back, which is this entry.
        first.work();
        done.push(first);
      } else {
        for (const entry of batch) {
          const failure = this.#runEntry(entry);
          if (failure) entry.reject(failure.error);
          else done.push(entry);
        }
      }
      this.#commit.run();
      this.commits += 1;
      return done;
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      // A promise settles once: entries that were rejected before keep their reason.
      for (const entry of batch) entry.reject(storageError(error));
      return [];
    }
  }

  /** Throws only if the whole batch is lost. */
  #runEntry(entry: Entry): { error: unknown } | undefined {
    this.#savepoint.run();
    try {
      entry.work();
      this.#release.run();
      return undefined;
    } catch (error) {
      // On a full disk, for example, SQLite rolls back everything by itself.
      if (!this.#db.inTransaction) throw error;
      this.#rollbackTo.run();
      this.#release.run();
      return { error: storageError(error) };
    }
  }
}

function isBusy(error: unknown): boolean {
  return sqliteCode(error) === 'SQLITE_BUSY';
}

/** Returns an error of SQLite as an `AppError`, others unchanged. */
export function storageError(error: unknown): unknown {
  const code = sqliteCode(error);
  if (code === null) return error;
  const cause = error;
  if (code === 'SQLITE_FULL') {
    return new AppError('disk-full', 'The disk that holds the database is full.', { cause });
  }
  if (isBusy(error)) {
    return new AppError('timeout', 'The database is locked by another process.', { cause });
  }
  return new AppError('internal', `The database failed (${code}).`, { cause });
}
