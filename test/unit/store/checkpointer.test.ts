import { EventEmitter, once } from 'node:events';
import { statSync } from 'node:fs';
import { mkdtemp, type open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { openSqlite } from '../../../src/kernel/sqlite/open-sqlite.ts';
import type { SqliteDatabase } from '../../../src/kernel/sqlite/sqlite-database.ts';
import { startWorker } from '../../../src/kernel/start-worker.ts';
import { Checkpointer } from '../../../src/store/adapters/sqlite/checkpointer.ts';

const threads = vi.hoisted(() => ({ started: 0, end: (): unknown => undefined }));
const disk = vi.hoisted(() => ({ synced: [] as string[] }));

vi.mock('../../../src/kernel/start-worker.ts', async (original) => {
  const real: { startWorker: typeof startWorker } = await original();
  return {
    startWorker: vi.fn((...args: Parameters<typeof startWorker>) => {
      if (args[1] === './real') return real.startWorker(args[0], './checkpoint-worker', args[2]);
      threads.started += 1;
      const thread = new EventEmitter();
      threads.end = () => thread.emit('exit');
      const end = () => threads.end();
      return Object.assign(thread, { ref: vi.fn(), unref: vi.fn(), postMessage: end });
    }),
  };
});
vi.mock('node:fs/promises', async (original) => {
  const real: { open: typeof open } = await original();
  return {
    ...real,
    open: async (...args: Parameters<typeof open>) => {
      const file = await real.open(...args);
      const { datasync } = file;
      file.datasync = async () => {
        await datasync.call(file);
        disk.synced.push(String(args[0]));
      };
      return file;
    },
  };
});

describe('the checkpointer', () => {
  let folder: string;
  let path: string;
  let db: SqliteDatabase;
  let checkpointer: Checkpointer;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    threads.started = 0;
    disk.synced = [];
    folder = await mkdtemp(join(tmpdir(), 'checkpointer-'));
    path = join(folder, 'data.db');
    db = openSqlite(path);
    db.pragma('journal_mode = WAL');
    db.pragma('wal_autocheckpoint = 0');
    db.exec('CREATE TABLE notes (text TEXT NOT NULL)');
    checkpointer = new Checkpointer(path, db, silentLogger);
  });
  afterEach(async () => {
    await checkpointer.close();
    db.close();
    vi.useRealTimers();
    await rm(folder, { recursive: true });
  });

  const write = (rows: number, text = 'a note'): void => {
    const insert = db.prepare('INSERT INTO notes VALUES (?)');
    for (let i = 0; i < rows; i += 1) insert.run(text);
  };
  const looks = (count: number): void => {
    vi.advanceTimersByTime(count * 1000);
  };

  it('starts no thread for the few rows of a quiet server, and writes its log to the disk', async () => {
    write(20);
    looks(29);
    expect(disk.synced).toEqual([]);
    looks(1);
    await expect.poll(() => disk.synced, { timeout: 30_000 }).toEqual([`${path}-wal`]);
    looks(100);
    await checkpointer.close();
    expect(disk.synced).toEqual([`${path}-wal`]);
    expect(threads.started).toBe(0);
  });

  it('starts a thread for many rows, and the next only for as many again', () => {
    write(300);
    looks(2);
    expect(threads.started).toBe(1);
    threads.end();
    write(299);
    looks(2);
    expect(threads.started).toBe(1);
    write(1);
    looks(1);
    expect(threads.started).toBe(2);
  });

  it('starts a thread for one large row', () => {
    write(1, 'x'.repeat(5_000_000));
    looks(1);
    expect(threads.started).toBe(1);
  });

  it('ends its thread when there is nothing more to move', async () => {
    const size = statSync(path).size;
    write(500, 'x'.repeat(1000));
    const workerData = { path, everyMs: 5, maxFrames: 1000, maxLooks: 1000, idleLooks: 3 };
    const from = new URL('../../../src/store/adapters/sqlite/checkpointer.ts', import.meta.url)
      .href;
    const thread: Worker = startWorker(from, './real', { workerData });
    await once(thread, 'exit');
    expect(statSync(path).size).toBeGreaterThan(size + 400_000);
  });
});
