import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../kernel/errors.ts';
import { assertBlobKey, assertBlobPrefix } from '../../blob-key.ts';
import type { BlobContent, BlobInfo, BlobStore, ByteRange } from '../../blob-store.ts';
import { blobPath, fromFileName } from './blob-path.ts';

/** Folder of files that are being written; no key has a name that begins with a dot. */
const UNFINISHED = '.unfinished';
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** An unfinished file of this age belongs to no running writer, milliseconds. */
const ABANDONED_AFTER_MS = 60 * 60_000;
/** Attempts to move a file to its place if its folder is removed at the same moment. */
const PLACE_ATTEMPTS = 5;

export interface DiskBlobStoreOptions {
  directory: string;
  /** Flush each file to the disk (fsync), so that it survives a loss of power. */
  fsync: boolean;
}

/** Opens the store in a directory of its own; removes unfinished files of processes that died. */
export async function openDiskBlobStore(options: DiskBlobStoreOptions): Promise<BlobStore> {
  const unfinished = path.join(options.directory, UNFINISHED);
  await mkdir(unfinished, { recursive: true, mode: FOLDER_MODE });
  for (const name of await readdir(unfinished)) {
    const file = path.join(unfinished, name);
    const found = await stat(file).catch(() => undefined);
    // A newer one may belong to a command that runs beside the server.
    if (found && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS) await rm(file, { force: true });
  }
  return new DiskBlobStore(options);
}

/** Files below one directory, with a key's parts as folders; only their owner may read them. */
class DiskBlobStore implements BlobStore {
  readonly signUrl = null;
  readonly #directory: string;
  readonly #fsync: boolean;

  constructor({ directory, fsync }: DiskBlobStoreOptions) {
    this.#directory = directory;
    this.#fsync = fsync;
  }

  async put(key: string, data: Uint8Array | AsyncIterable<Uint8Array>): Promise<BlobInfo> {
    assertBlobKey(key);
    const unfinished = path.join(this.#directory, UNFINISHED, randomUUID());
    try {
      await this.#write(unfinished, data);
      await place(unfinished, blobPath(this.#directory, key));
    } catch (error) {
      await rm(unfinished, { force: true });
      throw toStorageError(error);
    }
    const info = await this.head(key);
    if (!info) throw new AppError('conflict', 'The file was removed while it was stored.');
    return info;
  }

  async #write(file: string, data: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const handle = await open(file, 'wx', FILE_MODE);
    try {
      if (data instanceof Uint8Array) await handle.writeFile(data);
      else for await (const part of data) await handle.writeFile(part);
      if (this.#fsync) await handle.datasync();
    } finally {
      await handle.close();
    }
  }

  async get(key: string, range: ByteRange | null): Promise<BlobContent> {
    assertBlobKey(key);
    const handle = await openFile(blobPath(this.#directory, key));
    if (!handle) throw new AppError('not-found', 'File not found');
    try {
      const { size, mtimeMs } = await handle.stat();
      if (range && !(range.start >= 0 && range.start <= range.end && range.end < size)) {
        throw new AppError('bad-request', 'The range is outside the file.');
      }
      // An open file stays readable if it is replaced or deleted meanwhile.
      const body = handle.createReadStream(range ?? { start: 0 });
      return { info: { key, size, storedAt: Math.round(mtimeMs) }, body };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async head(key: string): Promise<BlobInfo | undefined> {
    assertBlobKey(key);
    return fileInfo(blobPath(this.#directory, key), key);
  }

  async *list(prefix: string): AsyncGenerator<BlobInfo> {
    assertBlobPrefix(prefix);
    yield* walk(blobPath(this.#directory, prefix.slice(0, -1)), prefix);
  }

  async delete(key: string): Promise<void> {
    assertBlobKey(key);
    const file = blobPath(this.#directory, key);
    if (!(await fileInfo(file, key))) return;
    await rm(file, { force: true });
    await this.#removeEmptyFolders(path.dirname(file));
  }

  async deletePrefix(prefix: string): Promise<void> {
    assertBlobPrefix(prefix);
    const folder = blobPath(this.#directory, prefix.slice(0, -1));
    const found = await stat(folder).catch(() => undefined);
    if (!found?.isDirectory()) return;
    await rm(folder, { recursive: true, force: true });
    await this.#removeEmptyFolders(path.dirname(folder));
  }

  async #removeEmptyFolders(folder: string): Promise<void> {
    for (let at = folder; at !== this.#directory; at = path.dirname(at)) {
      try {
        await rmdir(at);
      } catch (error) {
        const code = codeOf(error);
        if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT') return;
        throw error;
      }
    }
  }
}

/** Moves a finished file to its place, even if the folder is removed meanwhile. */
async function place(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await mkdir(path.dirname(to), { recursive: true, mode: FOLDER_MODE });
      await rename(from, to);
      return;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || attempt === PLACE_ATTEMPTS) throw error;
    }
  }
}

async function openFile(file: string): Promise<FileHandle | undefined> {
  try {
    const handle = await open(file, 'r');
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    return undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

async function fileInfo(file: string, key: string): Promise<BlobInfo | undefined> {
  try {
    const found = await stat(file);
    if (!found.isFile()) return undefined;
    return { key, size: found.size, storedAt: Math.round(found.mtimeMs) };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Yields the files below a folder, in the order of their keys; a folder sorts with its slash. */
async function* walk(folder: string, prefix: string): AsyncGenerator<BlobInfo> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  const parts = entries.flatMap((entry) => {
    const part = fromFileName(entry.name);
    if (part === undefined) return [];
    return [{ name: entry.name, part: entry.isDirectory() ? `${part}/` : part }];
  });
  parts.sort((a, b) => (a.part < b.part ? -1 : 1));
  for (const { name, part } of parts) {
    const place = path.join(folder, name);
    if (part.endsWith('/')) {
      yield* walk(place, prefix + part);
    } else {
      const info = await fileInfo(place, prefix + part);
      if (info) yield info;
    }
  }
}

function toStorageError(error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('disk-full', 'The disk of the server is full.', { cause: error });
  }
  if (code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENOTEMPTY' || code === 'EEXIST') {
    const message = 'A file cannot be the folder of another.';
    return new AppError('conflict', message, { cause: error, retryable: false });
  }
  return error;
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error) ?? '');
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
