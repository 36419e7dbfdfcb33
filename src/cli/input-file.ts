import { readFile, stat } from 'node:fs/promises';
import { AppError } from '../kernel/errors.ts';

/** The content of a file; `bad-request` with the reason where it cannot be read. */
export async function readInputFile(file: string, maxBytes: number): Promise<Uint8Array> {
  const found = await stat(file).catch(() => undefined);
  if (!found) throw new AppError('bad-request', 'There is no such file.');
  if (!found.isFile()) throw new AppError('bad-request', 'It is not a file.');
  if (found.size > maxBytes) {
    throw new AppError('bad-request', `It is larger than ${Math.round(maxBytes / 2 ** 20)} MB.`);
  }
  try {
    return await readFile(file);
  } catch (cause) {
    throw new AppError('bad-request', 'It cannot be read; look at its permissions.', { cause });
  }
}
