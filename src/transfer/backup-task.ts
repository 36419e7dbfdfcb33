import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../kernel/clock.ts';
import { AppError, describeError, isAppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Snapshot } from '../store/document-store.ts';
import { backUp, backupBytes } from './data-backup.ts';

/** Below the data directory; a backup itself never contains it. */
const FOLDER = 'backups';
/** A finished backup is removed after this long, so that it does not fill the disk. */
const KEPT_MS = 24 * 3_600_000;

export interface BackupTaskDeps {
  dataDir: string;
  /** Null: the data is not in the data directory, so the program cannot back it up. */
  snapshot: Snapshot | null;
  /** What a backup leaves free on the disk, bytes. */
  minFreeBytes: number;
  clock: Clock;
  logger: Logger;
}

/** The backup that runs or was made last. Times are epoch milliseconds. */
export interface BackupState {
  state: 'none' | 'running' | 'done' | 'failed';
  doneFiles: number;
  totalFiles: number;
  fileName: string | null;
  sizeBytes: number | null;
  madeAt: number | null;
  expiresAt: number | null;
  error: string | null;
}

const NONE: BackupState = {
  state: 'none',
  doneFiles: 0,
  totalFiles: 0,
  fileName: null,
  sizeBytes: null,
  madeAt: null,
  expiresAt: null,
  error: null,
};

/** Makes one backup at a time in the background, and keeps the last one for a day. */
export class BackupTask {
  readonly #o: BackupTaskDeps;
  readonly #folder: string;
  #state = NONE;
  #running: Promise<void> | null = null;
  #abort = new AbortController();
  #removal: NodeJS.Timeout | undefined;

  constructor(deps: BackupTaskDeps) {
    this.#o = deps;
    this.#folder = path.join(deps.dataDir, FOLDER);
  }

  get state(): BackupState {
    return { ...this.#state };
  }

  /** True if the data is in the data directory. */
  get isSupported(): boolean {
    return this.#o.snapshot !== null;
  }

  /**
   * Starts a backup, which replaces the one before; one that runs goes on.
   * @throws AppError `bad-request` if the data is not in the data directory
   */
  start(): BackupState {
    const { snapshot, clock } = this.#o;
    if (snapshot === null) {
      throw new AppError(
        'bad-request',
        'The data is not in the data directory: use the backup of the database and of the file storage.',
      );
    }
    if (this.#running) return this.state;
    const madeAt = clock.now();
    this.#abort = new AbortController();
    this.#state = { ...NONE, state: 'running', madeAt };
    this.#running = this.#run(snapshot, madeAt, this.#abort.signal).finally(() => {
      this.#running = null;
    });
    return this.state;
  }

  /** Opens the finished backup for reading. @throws AppError `not-found` if there is none */
  open(): { fileName: string; sizeBytes: number; stream: ReadStream } {
    const { state, fileName, sizeBytes } = this.#state;
    if (state !== 'done' || fileName === null || sizeBytes === null) {
      throw new AppError('not-found', 'There is no finished backup. Make one first.');
    }
    const stream = createReadStream(path.join(this.#folder, fileName));
    return { fileName, sizeBytes, stream };
  }

  /** Ends a backup that runs, and removes one that is there. */
  async clear(): Promise<void> {
    this.#abort.abort(new AppError('aborted', 'The backup was stopped.'));
    await this.#running;
    await this.#remove();
  }

  /** As `clear`, for a backup of this process: a command beside the server leaves the server's. */
  async close(): Promise<void> {
    if (this.#state.state !== 'none') await this.clear();
  }

  async #run(snapshot: Snapshot, madeAt: number, signal: AbortSignal): Promise<void> {
    const date = new Date(madeAt).toISOString();
    const fileName = `omi-backup-${date.slice(0, 19).replaceAll(':', '')}.tar.gz`;
    const target = path.join(this.#folder, fileName);
    try {
      clearTimeout(this.#removal);
      await rm(this.#folder, { recursive: true, force: true });
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await this.#assertRoom();
      await backUp({
        dataDir: this.#o.dataDir,
        snapshot,
        target,
        madeAt: date,
        onProgress: (doneFiles, totalFiles) => {
          signal.throwIfAborted();
          this.#state = { ...this.#state, doneFiles, totalFiles };
        },
      });
      const { size: sizeBytes } = await stat(target);
      const expiresAt = this.#o.clock.now() + KEPT_MS;
      this.#state = { ...this.#state, state: 'done', fileName, sizeBytes, expiresAt };
      this.#removal = setTimeout(() => this.#removeLate(), KEPT_MS).unref();
    } catch (error) {
      this.#o.logger.warn({ err: error }, 'backup failed');
      const reason = isAppError(error) ? error.message : describeError(error);
      this.#state = { ...NONE, state: 'failed', madeAt, error: reason };
    }
  }

  async #assertRoom(): Promise<void> {
    const { dataDir, minFreeBytes } = this.#o;
    const [disk, needed] = await Promise.all([statfs(this.#folder), backupBytes(dataDir)]);
    if (disk.bavail * disk.bsize - minFreeBytes >= needed) return;
    const megabytes = Math.ceil(needed / 2 ** 20);
    throw new AppError(
      'disk-full',
      `A backup here may take ${megabytes} MB, and the disk has no room for it. Make it elsewhere: omi-backend backup <file>`,
    );
  }

  async #remove(): Promise<void> {
    clearTimeout(this.#removal);
    await rm(this.#folder, { recursive: true, force: true });
    this.#state = NONE;
  }

  #removeLate(): void {
    this.#remove().catch((error: unknown) => {
      this.#o.logger.warn({ err: error }, 'an old backup was not removed');
    });
  }
}
