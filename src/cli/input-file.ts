import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { DiskSource } from '../audio/file/audio-source.ts';
import { AppError } from '../kernel/errors.ts';

/** Largest file of sound or film: only a part of it is in memory at a time. */
export const MAX_SOUND_BYTES = 32 * 2 ** 30;

/** The content of a file; `bad-request` with the reason if it cannot be read. */
export async function readInputFile(file: string, maxBytes: number): Promise<Uint8Array> {
  await checkInputFile(file, maxBytes);
  return readFile(file).catch(notReadable);
}

/** Opens a file to read parts of it; errors as of `readInputFile`. The caller closes it. */
export async function openInputFile(file: string, maxBytes: number): Promise<DiskSource> {
  await checkInputFile(file, maxBytes);
  return DiskSource.open(file, path.basename(file)).catch(notReadable);
}

async function checkInputFile(file: string, maxBytes: number): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (!found) throw new AppError('bad-request', 'There is no such file.');
  if (found.isDirectory()) {
    throw new AppError('bad-request', 'It is a folder. Name the files in it.');
  }
  if (!found.isFile()) throw new AppError('bad-request', 'It is not a file.');
  if (found.size > maxBytes) {
    throw new AppError('bad-request', `It is larger than ${Math.round(maxBytes / 2 ** 20)} MB.`);
  }
}

function notReadable(cause: unknown): never {
  throw new AppError('bad-request', 'It cannot be read; look at its permissions.', { cause });
}
