import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Worker } from 'node:worker_threads';
import type { Logger } from '../../../kernel/logger.ts';
import type { SqliteDatabase, SqliteStatement } from '../../../kernel/sqlite/sqlite-database.ts';
import { startWorker } from '../../../kernel/start-worker.ts';
import type { CheckpointReport, CheckpointSettings } from './checkpoint-worker.ts';

/** Milliseconds between two looks at what was written. */
const LOOK_MS = 1000;
/** Rows of a log that is worth a thread: with their indexes about 1,000 pages. */
const MANY_ROWS = 300;
/** 4 MiB, 1,000 pages: a log that has grown by this is worth a thread, however few its rows are. */
const MUCH_GROWTH_BYTES = 4 * 1024 * 1024;
/** A power cut loses what was committed in this many looks at most. */
const SYNC_LOOKS = 30;
/** 64 MiB: a log of this size is moved completely by the store itself. */
const LONG_LOG_FRAMES = 16_384;

/**
 * Moves the write-ahead log into the database in a thread of its own, so that the event loop never waits
 * for it. The thread takes 9 MiB, so it runs only while there is much to move. What a quiet server writes
 * stays in the log, which reaches the disk after 30 seconds at most.
 *
 * If writes never pause long enough for the thread to catch up, the store itself moves the few
 * frames that are left, so that the log restarts from its beginning.
 */
export class Checkpointer {
  readonly #db: SqliteDatabase;
  readonly #logger: Logger;
  readonly #settings: CheckpointSettings;
  readonly #logPath: string;
  readonly #totalRows: SqliteStatement<[], { rows: number }>;
  readonly #timer: NodeJS.Timeout;
  #worker: Worker | undefined;
  #failed = false;
  /** Rows written, and size of the log, when the log was moved. */
  #movedRows = 0;
  #movedBytes = 0;
  /** Rows written when the log reached the disk. */
  #syncedRows = 0;
  #looksSinceSync = 0;
  #syncing: Promise<void> = Promise.resolve();

  constructor(path: string, db: SqliteDatabase, logger: Logger) {
    this.#db = db;
    this.#logger = logger;
    this.#logPath = `${path}-wal`;
    this.#settings = { path, everyMs: LOOK_MS, maxFrames: 1000, maxLooks: 30, idleLooks: 5 };
    this.#totalRows = db.prepare('SELECT total_changes() AS rows');
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#syncing;
    const worker = this.#worker;
    if (!worker) return;
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    worker.postMessage('close');
    await exited;
  }

  #look(): void {
    if (this.#worker || this.#failed || !this.#db.open) return;
    const rows = this.#rowsWritten();
    if (
      rows - this.#movedRows >= MANY_ROWS ||
      this.#logBytes() - this.#movedBytes >= MUCH_GROWTH_BYTES
    ) {
      this.#start();
      return;
    }
    this.#looksSinceSync += 1;
    if (rows === this.#syncedRows || this.#looksSinceSync < SYNC_LOOKS) return;
    this.#looksSinceSync = 0;
    this.#syncedRows = rows;
    this.#syncing = this.#sync();
  }

  #rowsWritten(): number {
    return Number(this.#totalRows.get()?.rows ?? 0);
  }

  #logBytes(): number {
    return statSync(this.#logPath, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Waits for the disk in one of Node's own threads; SQLite locks other files than this one. */
  async #sync(): Promise<void> {
    try {
      const log = await open(this.#logPath, 'r+');
      try {
        await log.datasync();
      } finally {
        await log.close();
      }
    } catch (error) {
      this.#logger.error(
        { err: error },
        'the log of the database could not be written to the disk',
      );
    }
  }

  #start(): void {
    const worker = startWorker(import.meta.url, './checkpoint-worker', {
      workerData: this.#settings,
    });
    this.#worker = worker;
    worker.unref();
    worker.on('message', (report: CheckpointReport) => this.#onReport(report));
    worker.on('error', (error) => {
      this.#logger.error({ err: error }, 'the checkpoint thread failed');
      this.#failed = true;
      // Commits become slower, but the log stays bounded.
      if (this.#db.open) this.#db.pragma('wal_autocheckpoint = 1000');
    });
    worker.on('exit', () => {
      this.#worker = undefined;
      if (!this.#db.open) return;
      this.#movedRows = this.#rowsWritten();
      this.#movedBytes = this.#logBytes();
      // What was written while the thread ended may not have reached the disk.
      this.#syncedRows = -1;
    });
  }

  #onReport({ frames, moved }: CheckpointReport): void {
    if (frames < LONG_LOG_FRAMES || frames - moved > this.#settings.maxFrames) return;
    if (!this.#db.open) return;
    this.#db.pragma('wal_checkpoint(PASSIVE)');
  }
}
