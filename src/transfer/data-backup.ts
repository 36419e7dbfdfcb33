import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import type { Snapshot } from '../store/document-store.ts';
import { checkStoreFile } from '../store/registry.ts';
import { MAX_MANIFEST_BYTES, readAll, readTar, TarWriter, verifyTar } from './tar-archive.ts';

const MANIFEST = 'backup.json';
const FORMAT = 'omi-backend-backup';
const STORE_FILE = 'store.sqlite';
/** A data directory with a file of this name is incomplete. */
export const RESTORE_UNFINISHED = 'restore-unfinished';
const manifestSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  /** ISO 8601. */
  madeAt: z.string(),
});

/** The folders that are copied, and when: before or after the store. */
const BEFORE_STORE = ['audio-log'];
const AFTER_STORE = ['blobs', 'blob-link.key'];

export interface BackupOptions {
  dataDir: string;
  snapshot: Snapshot;
  target: string;
  madeAt: string;
  onProgress: (done: number, total: number, what: string) => void;
}

/**
 * Copies the data of the embedded engines into one tar file while a server may be running. The audio log
 * comes first: audio that is transcribed meanwhile becomes words in the store, which is copied next as
 * of one moment. Files come last, so that every file that the store refers to is there unless it was
 * deleted meanwhile. The search index is omitted; `reindex` creates it. Returns the number of files.
 */
export async function backUp(options: BackupOptions): Promise<number> {
  const { dataDir, target } = options;
  const folder = await mkdtemp(path.join(path.dirname(path.resolve(target)), '.backup-'));
  const tar = new TarWriter(target);
  let done = 0;
  try {
    const manifest = { format: FORMAT, version: 1, madeAt: options.madeAt };
    await tar.addText(MANIFEST, `${JSON.stringify(manifest)}\n`);
    const total = (await listFiles(dataDir, [...BEFORE_STORE, ...AFTER_STORE])).length + 1;
    const add = async (names: readonly string[]) => {
      for (const name of await listFiles(dataDir, names)) {
        if (await addIfThere(tar, dataDir, name)) done += 1;
        options.onProgress(done, Math.max(total, done), name.split('/')[0] ?? '');
      }
    };
    await add(BEFORE_STORE);
    const snapshot = path.join(folder, STORE_FILE);
    await options.snapshot(snapshot);
    await tar.addFile(STORE_FILE, snapshot);
    done += 1;
    options.onProgress(done, Math.max(total, done), 'store');
    await add(AFTER_STORE);
    await tar.finish();
    return done;
  } catch (error) {
    await tar.abort();
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns the room that a backup takes at most while it is made, bytes: the archive and a copy of the store. */
export async function backupBytes(dataDir: string): Promise<number> {
  let bytes = 0;
  for (const name of await listFiles(dataDir, [...BEFORE_STORE, ...AFTER_STORE])) {
    bytes += await sizeOf(path.join(dataDir, name));
  }
  const store = [STORE_FILE, `${STORE_FILE}-wal`];
  for (const name of store) bytes += 2 * (await sizeOf(path.join(dataDir, name)));
  return bytes;
}

/** Returns the size of a file, bytes; 0 if it was deleted meanwhile. */
async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.size ?? 0;
}

/** Returns false if the file was deleted meanwhile, for example audio whose words are stored. */
async function addIfThere(tar: TarWriter, dataDir: string, name: string): Promise<boolean> {
  try {
    await tar.addFile(name, path.join(dataDir, name));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Yields the files below the given folders, relative to the directory, in order. */
async function listFiles(dataDir: string, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    const info = await stat(path.join(dataDir, name)).catch(() => undefined);
    if (info?.isFile()) found.push(name);
    if (!info?.isDirectory()) continue;
    const below = await readdir(path.join(dataDir, name), { recursive: true, withFileTypes: true });
    for (const entry of below) {
      if (!entry.isFile() || entry.name.endsWith('.tmp')) continue;
      const full = path.join(entry.parentPath, entry.name);
      found.push(path.relative(dataDir, full).split(path.sep).join('/'));
    }
  }
  return found.sort();
}

export interface RestoreOptions {
  source: string;
  /** Must be empty or absent. */
  dataDir: string;
  onProgress: (done: number, total: number, what: string) => void;
}

/**
 * Lays out a data directory from a backup, which is checked as a whole first. If its store turns out to
 * be none, the directory is emptied again.
 *
 * @throws AppError `bad-request` for a file that is damaged or no backup, `disk-full` if there is no
 *   room for it, `conflict` if the directory holds anything
 */
export async function restoreBackup(options: RestoreOptions): Promise<{ madeAt: string }> {
  const { source, dataDir } = options;
  const { madeAt } = await readManifest(source);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if ((await readdir(dataDir)).length > 0) {
    throw new AppError(
      'conflict',
      `${dataDir} is not empty; restore into an empty directory: --data-dir <path>.`,
    );
  }
  const total = await verify(source, dataDir);
  const unfinished = path.join(dataDir, RESTORE_UNFINISHED);
  await writeFile(unfinished, '', { mode: 0o600 });
  let done = 0;
  for await (const { name, body } of readTar(source)) {
    done += 1;
    options.onProgress(Math.min(done, total), total, name.split('/')[0] ?? '');
    if (!isExpected(name)) continue;
    const target = path.join(dataDir, ...name.split('/'));
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    await pipeline(body, createWriteStream(target, { mode: 0o600, flags: 'wx' }));
  }
  const fault = await checkStoreFile(path.join(dataDir, STORE_FILE));
  if (fault !== null) {
    // It was empty before: nothing of it is anybody's.
    for (const name of await readdir(dataDir)) {
      await rm(path.join(dataDir, name), { recursive: true, force: true });
    }
    throw new AppError(
      'bad-request',
      `${STORE_FILE} in the backup ${fault}. Take another backup, or the release that wrote this one.`,
    );
  }
  await rm(unfinished);
  return { madeAt };
}

/** Reads the whole backup once; returns the number of its files. */
async function verify(source: string, dataDir: string): Promise<number> {
  const disk = await statfs(dataDir);
  const free = disk.bavail * disk.bsize;
  let bytes = 0;
  let hasStore = false;
  const total = await verifyTar(source, (name, size) => {
    bytes += size;
    if (name === STORE_FILE) hasStore = true;
    if (bytes > free) {
      const needed = `${Math.ceil(bytes / 2 ** 20)} MB and more`;
      throw new AppError('disk-full', `${dataDir} has no room for the backup: it takes ${needed}.`);
    }
  });
  if (!hasStore) throw new AppError('bad-request', `The backup holds no ${STORE_FILE}.`);
  return total;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON fits no schema.
    return undefined;
  }
}

/** Checks that a name belongs to a backup and does not lead out of the directory. */
function isExpected(name: string): boolean {
  const parts = name.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return false;
  return [STORE_FILE, ...BEFORE_STORE, ...AFTER_STORE].includes(parts[0] ?? '');
}

async function readManifest(source: string): Promise<{ madeAt: string }> {
  for await (const { name, body } of readTar(source)) {
    if (name !== MANIFEST) break;
    const text = (await readAll(body, MAX_MANIFEST_BYTES)).toString('utf8');
    const parsed = manifestSchema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    break;
  }
  throw new AppError('bad-request', 'The file is not a backup; `backup` creates one.');
}
