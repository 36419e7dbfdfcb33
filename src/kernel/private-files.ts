import { chmod, lstat, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';

/** Permissions of everybody but the owner. */
const OTHERS = 0o077;
/** The sticky bit of folders that everybody uses, such as `/tmp`. */
const SHARED = 0o1000;

/**
 * Creates a folder if it is missing, and makes it and the named files and folders below it readable by
 * their owner only. Folders that are private already are checked one level deep, so that a start stays
 * fast. Links are not changed.
 *
 * @returns what could not be changed, such as files of another user
 */
export async function keepPrivate(
  folder: string,
  names: readonly string[],
): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
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
