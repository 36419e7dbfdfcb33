import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { AppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { keepPrivate } from '../kernel/private-files.ts';
import { takeDirectoryLock } from '../store/registry.ts';
import { RESTORE_UNFINISHED } from '../transfer/data-backup.ts';

const STORE_FILE = 'store.sqlite';
const LOCK_FILE = 'server.lock';
/** What a server keeps in its data directory. */
const CONTENTS = [
  STORE_FILE,
  `${STORE_FILE}-wal`,
  `${STORE_FILE}-shm`,
  'audio-log',
  'blobs',
  'search',
  'instances',
  'blob-link.key',
  'chosen-models.json',
  'server.json',
  LOCK_FILE,
];

/** Path of the embedded store's file; null if the store is another one. */
function storeFileOf({ engines }: Config): string | null {
  if (engines.store.name !== 'sqlite') return null;
  return z.object({ path: z.string() }).parse(engines.store.settings).path;
}

/**
 * Makes the data directory, private to whoever runs the server, and checks that it is whole.
 *
 * @throws AppError `conflict` if a restore into it was broken off, `invalid-configuration` if its
 *   store is gone and the files beside it are not
 */
export async function prepareDataDirectory(config: Config, logger: Logger): Promise<void> {
  const { dataDir } = config;
  const foreign = await keepPrivate(dataDir, CONTENTS);
  if (foreign.length > 0) {
    logger.warn(
      { files: foreign.slice(0, 10), count: foreign.length },
      'others may read files of the data directory, and this user may not change that',
    );
  }
  if (await isThere(path.join(dataDir, RESTORE_UNFINISHED))) {
    throw new AppError(
      'conflict',
      `The restore into ${dataDir} was broken off: empty the directory and restore again.`,
    );
  }
  const store = storeFileOf(config);
  if (store !== null) await assertStoreNotLost(store, dataDir);
}

/**
 * An empty store beside recordings would pass for a new installation: it gets a new owner, and all
 * that is in the files is never found again.
 */
async function assertStoreNotLost(store: string, dataDir: string): Promise<void> {
  if ((await sizeOf(store)) > 0) return;
  const left = [];
  if ((await sizeOf(`${store}-wal`)) > 0) left.push(`${path.basename(store)}-wal`);
  for (const name of ['audio-log', 'blobs']) {
    if (await holdsFiles(path.join(dataDir, name))) left.push(`${name}/`);
  }
  if (left.length === 0) return;
  throw new AppError(
    'invalid-configuration',
    `The store ${store} is empty or gone, but ${dataDir} still holds ${left.join(' and ')}. ` +
      `To get the data back: move ${dataDir} aside and run "omi-backend restore <backup> --data-dir ${dataDir}". ` +
      `To begin anew, move ${left.join(' and ')} out of the directory.`,
  );
}

/** True if there is a file anywhere below a folder. */
async function holdsFiles(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isFile()) return true;
    if (entry.isDirectory() && (await holdsFiles(path.join(folder, entry.name)))) return true;
  }
  return false;
}

async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

/** Bytes of a file, 0 if it is not there. */
async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

/**
 * Keeps a second server off a data directory whose store, files and audio log are embedded. Several
 * processes that share a store by configuration are not kept apart (docs/scaling.md).
 *
 * @returns how to give the directory back
 * @throws AppError `conflict` if a server runs on it
 */
export async function lockDataDirectory(config: Config): Promise<() => void> {
  const { dataDir, engines } = config;
  const isOwnStore = storeFileOf(config) === path.join(dataDir, STORE_FILE);
  if (!isOwnStore || engines.cache.name !== 'in-process') return () => undefined;
  const release = await takeDirectoryLock(path.join(dataDir, LOCK_FILE));
  if (release) return release;
  throw new AppError(
    'conflict',
    `Another server runs on ${dataDir}${await describeServer(dataDir)}. Stop it, or give this one another DATA_DIR; several processes on one store are described in docs/scaling.md.`,
  );
}

const noteSchema = z.object({ pid: z.number().int(), url: z.string() });

/** What the other server has said of itself. */
async function describeServer(dataDir: string): Promise<string> {
  try {
    const text = await readFile(path.join(dataDir, 'server.json'), 'utf8');
    const { pid, url } = noteSchema.parse(JSON.parse(text));
    return ` (process ${pid}, ${url})`;
  } catch {
    // It has said nothing yet; the lock is enough.
    return '';
  }
}
