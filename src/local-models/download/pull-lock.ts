import { type FileHandle, open, readFile, rm, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { AppError } from '../../kernel/errors.ts';

/** A lock that was not touched for so long is left over, milliseconds. */
const STALE_MS = 60_000;
const TOUCH_EVERY_MS = 10_000;

/**
 * A file that says that a download is under way, so that two do not write the same files. One that
 * was left behind by a process that is gone is taken over.
 */
export class PullLock {
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;

  private constructor(path: string) {
    this.#path = path;
    this.#timer = setInterval(() => {
      const now = new Date();
      // If the folder is gone, so is the download.
      utimes(path, now, now).catch(() => undefined);
    }, TOUCH_EVERY_MS).unref();
  }

  /** @throws AppError `conflict` if another download of the same model is under way */
  static async take(path: string): Promise<PullLock> {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const file = await create(path);
      if (file !== null) {
        await file.writeFile(JSON.stringify({ pid: process.pid, host: hostname() }));
        await file.close();
        return new PullLock(path);
      }
      if (!(await isLeftOver(path))) break;
      await rm(path, { force: true });
    }
    throw new AppError('conflict', 'This model is being downloaded by another process.');
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    await rm(this.#path, { force: true });
  }
}

async function create(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  }
}

async function isLeftOver(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r');
    const { mtimeMs } = await file.stat().finally(() => file.close());
    if (Date.now() - mtimeMs > STALE_MS) return true;
    const { pid, host } = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    return host === hostname() && typeof pid === 'number' && !isAlive(pid);
  } catch (error) {
    // Gone in between, or half written by a process that has just begun.
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
