import { stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../kernel/errors.ts';

const ARCHIVE = /\.(?:tar|tar\.gz|tgz)$/iu;

/**
 * Checks that an archive can be written to a path, before any work is done.
 *
 * @throws AppError `bad-request` if its name promises another format, its folder is missing, or it is
 * there and may not be replaced
 */
export async function checkOutputFile(file: string, mayReplace: boolean): Promise<void> {
  if (!ARCHIVE.test(file)) {
    throw new AppError(
      'bad-request',
      `${file}: the archive is a tar file. Give it a name that ends with .tar, .tar.gz or .tgz.`,
    );
  }
  const folder = path.dirname(path.resolve(file));
  const parent = await stat(folder).catch(() => undefined);
  if (!parent?.isDirectory()) {
    throw new AppError('bad-request', `${file}: the folder ${folder} does not exist.`);
  }
  const found = await stat(file).catch(() => undefined);
  if (found && !found.isFile()) throw new AppError('bad-request', `${file} is not a file.`);
  if (found && !mayReplace) {
    throw new AppError('bad-request', `${file} is there already. Add --force to replace it.`);
  }
}
