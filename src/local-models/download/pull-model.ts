import { copyFile, mkdir, readdir, rename, rm, rmdir, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { BackoffPolicy } from '../../kernel/backoff.ts';
import { AppError, isAppError } from '../../kernel/errors.ts';
import { replaceFile } from '../../kernel/replace-file.ts';
import type { CatalogueModel } from '../catalogue/catalogue-model.ts';
import { inspectModel } from '../model-folder.ts';
import { LOCK_FILE, type ModelLibrary } from '../model-library.ts';
import { downloadFile, type FetchedFile, hashFile, sizeOf } from './file-download.ts';
import type { HubClient } from './hub-client.ts';
import { PullLock } from './pull-lock.ts';

/** Where a download stands. */
export interface PullProgress {
  phase: 'downloading' | 'checking';
  /** Of the file that is under way. */
  file: string;
  /** Of all files. */
  doneBytes: number;
  /** Null as long as a file's size is not known. */
  totalBytes: number | null;
}

/** What stands beside a downloaded model: where it came from, and how each file was checked. */
export interface ModelLock {
  id: string;
  repository: string;
  /** As asked for, and the commit that it stood for. */
  revision: string;
  commit: string | null;
  /** The hub, a mirror, or a folder. */
  from: string;
  /** ISO 8601. */
  pulledAt: string;
  files: FetchedFile[];
}

export interface PullOptions {
  library: ModelLibrary;
  /** Null: files come from `directory`. */
  hub: HubClient | null;
  /** Address of the hub, for the record. */
  mirror: string;
  /** A folder that holds the files already, for a machine without network; null: the hub. */
  directory: string | null;
  onProgress: (progress: PullProgress) => void;
  signal: AbortSignal;
  backoff?: BackoffPolicy;
}

/** Free space that is left over at least. */
const SPARE_BYTES = 64 * 2 ** 20;
const PULL_LOCK = 'pull.lock';

/**
 * Downloads a model of the catalogue into the library. The folder appears at once when all of it is
 * there and was checked; until then its files are in a hidden folder beside it, from which a later
 * call goes on. Returns what stands in the lock file.
 *
 * @throws AppError `conflict` if the same model is being downloaded, `disk-full`, `invalid-model`,
 *   and what `downloadFile` throws
 */
export async function pullModel(model: CatalogueModel, options: PullOptions): Promise<ModelLock> {
  const { library } = options;
  const folder = library.folderOf(model.id);
  const partial = partialFolder(library, model.id);
  await makeFolder(partial);
  const lock = await PullLock.take(join(partial, PULL_LOCK));
  try {
    const files = await fetchFiles(model, partial, options);
    const record: ModelLock = {
      id: model.id,
      repository: model.repository,
      revision: model.revision,
      commit: files.find(({ commit }) => commit !== null)?.commit ?? null,
      from: options.directory ?? options.mirror,
      pulledAt: new Date().toISOString(),
      files,
    };
    await assertUsable(partial);
    await replaceFile(join(partial, LOCK_FILE), `${JSON.stringify(record, null, 2)}\n`);
    await install(partial, folder);
    return record;
  } finally {
    await lock.release();
    // Nothing has come: nothing is left behind. A folder with files in it stays.
    await rmdir(partial).catch(() => undefined);
  }
}

/** Removes a model and what was downloaded of it. Returns false if there was nothing. */
export async function removeModel(library: ModelLibrary, id: string): Promise<boolean> {
  const folder = join(library.folder, id);
  const there = await readdir(folder).catch(() => null);
  const partial = await readdir(partialFolder(library, id)).catch(() => null);
  await rm(folder, { recursive: true, force: true });
  await rm(partialFolder(library, id), { recursive: true, force: true });
  return there !== null || partial !== null;
}

function partialFolder(library: ModelLibrary, id: string): string {
  return join(library.folder, `.${id}.partial`);
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new AppError(
      code === 'ENOSPC' ? 'disk-full' : 'invalid-configuration',
      `The folder of models, ${dirname(path)}, cannot be written (${code}): see MODELS_DIR.`,
      { cause },
    );
  }
}

async function fetchFiles(
  model: CatalogueModel,
  partial: string,
  options: PullOptions,
): Promise<FetchedFile[]> {
  const sizes = model.files.map(({ sizeBytes }) => sizeBytes);
  const fetched: FetchedFile[] = [];
  await assertSpace(partial, await missingBytes(model, partial));
  for (const [i, file] of model.files.entries()) {
    const target = join(partial, basename(file.path));
    const before = fetched.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const onProgress = (doneBytes: number, sizeBytes: number | null) => {
      sizes[i] = sizeBytes;
      options.onProgress({
        phase: doneBytes === sizeBytes ? 'checking' : 'downloading',
        file: file.path,
        doneBytes: before + doneBytes,
        totalBytes: totalOf(sizes),
      });
    };
    if (options.directory !== null) {
      fetched.push(await takeFile(model, i, options.directory, target, onProgress, options.signal));
    } else if (options.hub !== null) {
      const source = { repository: model.repository, revision: model.revision, file };
      const hooks = { onProgress, assertSpace: (bytes: number) => assertSpace(partial, bytes) };
      const { hub, signal, backoff } = options;
      fetched.push(await downloadFile(hub, source, target, hooks, signal, backoff));
    }
  }
  return fetched;
}

/** Copies a file that somebody has brought, and checks it against the catalogue. */
async function takeFile(
  { files }: CatalogueModel,
  index: number,
  directory: string,
  target: string,
  onProgress: (doneBytes: number, sizeBytes: number) => void,
  signal: AbortSignal,
): Promise<FetchedFile> {
  const file = files[index];
  if (file === undefined) throw new RangeError('There is no such file.');
  const from = join(directory, basename(file.path));
  try {
    await copyFile(from, target);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC') throw new AppError('disk-full', 'The disk is full.', { cause });
    throw new AppError('not-found', `${directory} has no file ${basename(file.path)}.`, { cause });
  }
  const sizeBytes = await sizeOf(target);
  onProgress(sizeBytes, sizeBytes);
  const { sha256 } = await hashFile(target, sizeBytes, signal);
  if (file.sha256 !== null && file.sha256 !== sha256) {
    await rm(target, { force: true });
    throw new AppError(
      'invalid-model',
      `${from} is not the file of the catalogue: its hash is ${sha256}, not ${file.sha256}.`,
    );
  }
  const checkedBy = file.sha256 === null ? 'nothing' : 'catalogue';
  return { path: file.path, sizeBytes, sha256, checkedBy, commit: null };
}

function totalOf(sizes: readonly (number | null)[]): number | null {
  let total = 0;
  for (const size of sizes) {
    if (size === null) return null;
    total += size;
  }
  return total;
}

async function missingBytes({ files }: CatalogueModel, partial: string): Promise<number> {
  let missing = 0;
  for (const { path, sizeBytes } of files) {
    const there = await sizeOf(join(partial, basename(path)));
    missing += Math.max(0, (sizeBytes ?? 0) - there);
  }
  return missing;
}

async function assertSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= bytes + SPARE_BYTES) return;
  throw new AppError(
    'disk-full',
    `${megabytes(bytes)} MB are needed in ${dirname(folder)}; ${megabytes(freeBytes)} MB are free.`,
  );
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

/** A catalogue that is wrong is found here, not by the library. */
async function assertUsable(partial: string): Promise<void> {
  try {
    await inspectModel(partial);
  } catch (error) {
    // The files are what they should be: to download them again would bring the same.
    if (isAppError(error, 'invalid-model')) await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

/** Puts the new folder in the place of an older one. */
async function install(partial: string, folder: string): Promise<void> {
  const old = `${partial}.old`;
  await rm(old, { recursive: true, force: true });
  await rename(folder, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(partial, folder);
  await rm(join(folder, PULL_LOCK), { force: true });
  await rm(old, { recursive: true, force: true });
}
