import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomToken } from './ids.ts';

/** Replaces a small file atomically: a reader sees the old text or the new one. Only the owner may read it. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomToken(6)}.tmp`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Returns the text of a file; undefined if it does not exist. */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
