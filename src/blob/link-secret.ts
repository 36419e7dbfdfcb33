import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../kernel/errors.ts';

const SECRET_BYTES = 32;

/**
 * Returns the secret of a file: what signs links, or push messages. It is random, created at the first start, and stored in
 * a file that only its owner may read.
 *
 * @throws AppError `invalid-configuration` if the file is damaged
 */
export async function loadLinkSecret(file: string): Promise<Uint8Array> {
  const known = await readIfThere(file);
  if (known) return known;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, randomBytes(SECRET_BYTES), { mode: 0o600, flag: 'wx' });
  try {
    // Never overwrites: the first process has created the secret.
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return loadLinkSecret(file);
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  let secret: Uint8Array;
  try {
    secret = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (secret.length === SECRET_BYTES) return secret;
  throw new AppError(
    'invalid-configuration',
    `The file ${path.basename(file)} in the data directory is damaged; delete it to have a new one made.`,
  );
}
