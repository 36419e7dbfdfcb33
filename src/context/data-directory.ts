import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { AppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { keepPrivate } from '../kernel/private-files.ts';
import { takeDirectoryLock } from '../store/registry.ts';
import { LOCK_FILE } from '../store/store-engine.ts';
import { RESTORE_UNFINISHED } from '../transfer/data-backup.ts';

const STORE_FILE = 'store.sqlite';
/** Files and folders of a server in its data directory. */
const CONTENTS = [
  STORE_FILE,
  `${STORE_FILE}-wal`,
  `${STORE_FILE}-shm`,
  'audio-log',
  'blobs',
  'search',
  'instances',
  'blob-link.key',
  'web-push.key',
  'chosen-models.json',
  'server.json',
  LOCK_FILE,
];

/** Returns the path of the embedded store's file; null for another store. */
function storeFileOf({ engines }: Config): string | null {
  if (engines.store.name !== 'sqlite') return null;
  return z.object({ path: z.string() }).parse(engines.store.settings).path;
}

/**
 * Creates the data directory, readable only by the user who runs the server, and checks that it is
 * complete.
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
      'other users can read files of the data directory, and their permissions cannot be changed',
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
 * Checks that the store is not empty while files are there. An empty store would look like a new
 * installation with a new owner, and the files would never be found again.
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

/** Returns true if there is a file anywhere below a folder. */
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

/** Returns the size of a file, bytes; 0 if it does not exist. */
async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

/**
 * Prevents a second server on a data directory with embedded store, files and audio log. Processes that
 * are configured to share a store are allowed (docs/scaling.md).
 *
 * @returns how to release the directory
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

/** Returns process number and address of the other server. */
async function describeServer(dataDir: string): Promise<string> {
  try {
    const text = await readFile(path.join(dataDir, 'server.json'), 'utf8');
    const { pid, url } = noteSchema.parse(JSON.parse(text));
    return ` (process ${pid}, ${url})`;
  } catch {
    // The other server has written no note yet; the lock is enough.
    return '';
  }
}
