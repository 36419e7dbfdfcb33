import { chmod, lstat, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';

/** Whatever others than the owner may do. */
const OTHERS = 0o077;
/** Set for folders in which everybody has files, such as `/tmp`. */
const SHARED = 0o1000;

/**
 * Makes sure that a folder is there, and that nobody but its owner reads what is ours in it: the
 * folder itself, and the named files and folders with what is below them. What is private already is
 * not looked into deeper than one level, so that a start stays quick. Links are left alone.
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
  // Gone meanwhile, or never there.
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
    // Somebody else's file, or a disk without modes: told to the caller.
    failed.push(file);
  }
}
