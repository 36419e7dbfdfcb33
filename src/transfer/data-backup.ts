import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import type { Snapshot } from '../store/document-store.ts';
import { readAll, readTar, TarWriter, verifyTar } from './tar-archive.ts';

const MANIFEST = 'backup.json';
const FORMAT = 'omi-backend-backup';
const STORE_FILE = 'store.sqlite';
/** While a file of this name is in a data directory, the directory is not whole. */
export const RESTORE_UNFINISHED = 'restore-unfinished';
const manifestSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  /** ISO 8601. */
  madeAt: z.string(),
});

/** What is copied as it lies there, and when: before or after the store. */
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
 * Copies the embedded engines' data into one tar file while a server may go on writing. The audio log
 * comes first: what is transcribed meanwhile is words in the store, which comes next as of one moment.
 * Files come last, so that every file that the store speaks of is there, unless it was deleted since.
 * The search index is left out, `reindex` makes it again. Answers how many files it holds.
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

/** False where the file has gone meanwhile: audio whose words are stored, something deleted. */
async function addIfThere(tar: TarWriter, dataDir: string, name: string): Promise<boolean> {
  try {
    await tar.addFile(name, path.join(dataDir, name));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Files below the named ones, relative to the directory, in order. */
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
  /** Has to be empty or absent. */
  dataDir: string;
  onProgress: (done: number, total: number, what: string) => void;
}

/**
 * Lays out a data directory from a backup, which is checked as a whole first. Throws `bad-request` for a
 * file that is damaged or no backup, `conflict` where the directory holds anything.
 */
export async function restoreBackup(options: RestoreOptions): Promise<{ madeAt: string }> {
  const { source, dataDir } = options;
  const { madeAt } = await readManifest(source);
  const total = await verifyTar(source);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if ((await readdir(dataDir)).length > 0) {
    throw new AppError('conflict', `${dataDir} is not empty; restore into an empty directory.`);
  }
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
  await rm(unfinished);
  return { madeAt };
}

/** Only what a backup is made of, and nothing that leads out of the directory. */
function isExpected(name: string): boolean {
  const parts = name.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return false;
  return [STORE_FILE, ...BEFORE_STORE, ...AFTER_STORE].includes(parts[0] ?? '');
}

async function readManifest(source: string): Promise<{ madeAt: string }> {
  for await (const { name, body } of readTar(source)) {
    if (name !== MANIFEST) break;
    const text = (await readAll(body)).toString('utf8');
    const parsed = manifestSchema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    break;
  }
  throw new AppError('bad-request', 'The file is no backup; `backup` makes one.');
}
