import type { Worker } from 'node:worker_threads';
import type { Logger } from '../../../kernel/logger.ts';
import type { SqliteDatabase } from '../../../kernel/sqlite/sqlite-database.ts';
import { startWorker } from '../../../kernel/start-worker.ts';
import type { CheckpointReport, CheckpointSettings } from './checkpoint-worker.ts';

/** A process that opens the file only briefly (the command line) starts no thread. */
const START_AFTER_MS = 1000;
/** 64 MiB: a log of this size is moved completely by the store itself. */
const LONG_LOG_FRAMES = 16_384;

/**
 * Moves the write-ahead log into the database in a thread of its own, so that the event loop never waits
 * for it. If writes never pause long enough for the thread to catch up, the store itself moves the few
 * frames that are left, so that the log restarts from its beginning.
 */
export class Checkpointer {
  readonly #db: SqliteDatabase;
  readonly #logger: Logger;
  readonly #settings: CheckpointSettings;
  readonly #timer: NodeJS.Timeout;
  #worker: Worker | undefined;

  constructor(path: string, db: SqliteDatabase, logger: Logger) {
    this.#db = db;
    this.#logger = logger;
    this.#settings = { path, everyMs: 1000, maxFrames: 1000, maxLooks: 30 };
    this.#timer = setTimeout(() => this.#start(), START_AFTER_MS);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    if (!worker) return;
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    worker.postMessage('close');
    await exited;
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
      this.#worker = undefined;
      // Commits become slower, but the log stays bounded.
      if (this.#db.open) this.#db.pragma('wal_autocheckpoint = 1000');
    });
  }

  #onReport({ frames, moved }: CheckpointReport): void {
    if (frames < LONG_LOG_FRAMES || frames - moved > this.#settings.maxFrames) return;
    if (!this.#db.open) return;
    this.#db.pragma('wal_checkpoint(PASSIVE)');
  }
}
