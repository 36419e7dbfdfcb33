import { access, chmod, constants, lstat, mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from './errors.ts';

/** Permissions of everybody but the owner. */
const OTHERS = 0o077;
/** The sticky bit of folders that everybody uses, such as `/tmp`. */
const SHARED = 0o1000;

/**
 * Creates the data directory, readable by its owner only, if it is missing.
 *
 * @throws AppError `invalid-configuration` if it cannot be created, is no folder, or cannot be written
 */
export async function createDataDirectory(folder: string): Promise<void> {
  try {
    await createFolder(folder);
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError(
      'invalid-configuration',
      `The data directory ${folder} cannot be written (${reason}). Give the user that runs the server the right, or set DATA_DIR.`,
      { cause },
    );
  }
}

/**
 * Creates a folder and those above it. The recursive mode of Node's function never returns below a folder that says
 * that new entries do not exist, such as `/proc`.
 */
async function createFolder(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  if ((await codeOfCreating(folder)) === 'ENOENT' && parent !== folder) {
    await createFolder(parent);
    await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      // Another process has been faster.
      if (error.code !== 'EEXIST') throw error;
    });
  }
  if (!(await stat(folder)).isDirectory()) throw new Error('it is a file');
}

/** Returns null if the folder is there now, else the code of the error; throws what no folder above can mend. */
async function codeOfCreating(folder: string): Promise<'ENOENT' | null> {
  try {
    await mkdir(folder, { mode: 0o700 });
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return null;
    if (code === 'ENOENT') return code;
    throw error;
  }
}

/**
 * Creates the data directory if it is missing, and makes it and the named files and folders below it readable by
 * their owner only. Folders that are private already are checked one level deep, so that a start stays
 * fast. Links are not changed.
 *
 * @returns what could not be changed, such as files of another user
 * @throws AppError `invalid-configuration` if it cannot be written
 */
export async function keepPrivate(
  folder: string,
  names: readonly string[],
): Promise<readonly string[]> {
  await createDataDirectory(folder);
  if (process.platform === 'win32') return [];
  const failed: string[] = [];
  const info = await lstat(folder);
  if ((info.mode & SHARED) === 0) await tighten(folder, info.mode, failed);
  for (const name of names) await keepPrivateBelow(path.join(folder, name), 0, failed);
  return failed;
}

async function keepPrivateBelow(file: string, depth: number, failed: string[]): Promise<void> {
  const info = await lstat(file).catch(() => undefined);
  // It does not exist, or was deleted meanwhile.
  if (!info || info.isSymbolicLink()) return;
  const wasOpen = (info.mode & OTHERS) !== 0;
  await tighten(file, info.mode, failed);
  if (!info.isDirectory() || (!wasOpen && depth > 0)) return;
  for (const name of await readdir(file)) {
    await keepPrivateBelow(path.join(file, name), depth + 1, failed);
  }
}

async function tighten(file: string, mode: number, failed: string[]): Promise<void> {
  if ((mode & OTHERS) === 0) return;
  try {
    await chmod(file, mode & 0o7777 & ~OTHERS);
  } catch {
    // A file of another user, or a disk without permissions: reported to the caller.
    failed.push(file);
  }
}
