import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Auth, openAuth } from '../auth/open-auth.ts';
import type { BlobStore } from '../blob/blob-store.ts';
import { openBlobStore } from '../blob/registry.ts';
import { openCache } from '../cache/registry.ts';
import { SteadyCache } from '../cache/steady-cache.ts';
import type { Config } from '../config/config.ts';
import type { Secrets } from '../config/secrets.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { COLLECTIONS } from '../model/collections.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { openDocumentStore } from '../store/registry.ts';
import { RESTORE_UNFINISHED } from '../transfer/data-backup.ts';

/** Opens the store alone, for commands that need nothing else. */
export async function openStore({
  config,
  secrets,
  logger,
}: {
  config: Config;
  secrets: Secrets;
  logger: Logger;
}): Promise<DocumentStore> {
  if (existsSync(path.join(config.dataDir, RESTORE_UNFINISHED))) {
    throw new AppError(
      'conflict',
      `The restore into ${config.dataDir} was broken off: empty the directory and restore again.`,
    );
  }
  return openDocumentStore(config.engines.store, {
    path: config.scaling.sqlitePath ?? path.join(config.dataDir, 'store.sqlite'),
    collections: COLLECTIONS,
    firestore: {
      ...config.firestore,
      serviceAccountJson: secrets.serviceAccountJson?.reveal() ?? null,
      cipher: null,
    },
    durability: config.durability,
    logger: logger.child({ subsystem: 'store' }),
  });
}

/** Opens the files alone, for commands that need nothing else. */
export function openBlobs({
  config,
  secrets,
}: {
  config: Config;
  secrets: Secrets;
}): Promise<BlobStore> {
  return openBlobStore(config.engines.blobs, {
    directory: path.join(config.dataDir, 'blobs'),
    fsync: config.durability === 'power',
    gcs: config.scaling.gcs && {
      ...config.scaling.gcs,
      serviceAccountJson: secrets.serviceAccountJson?.reveal() ?? null,
    },
  });
}

/** A cache that nobody has to wait for; see `SteadyCache`. */
export async function openSteadyCache(
  options: { config: Config; secrets: Secrets; logger: Logger },
  clock: Clock,
): Promise<SteadyCache> {
  const { config, secrets } = options;
  const logger = options.logger.child({ subsystem: 'cache' });
  const { redis } = config.scaling;
  const password = secrets.redisPassword?.reveal() ?? null;
  const address = redis && { ...redis, password };
  const inner = await openCache(config.engines.cache, { clock, logger, redis: address });
  return new SteadyCache(inner, { clock, logger });
}

/** Everything about who somebody is, as it is configured. */
export function openConfiguredAuth(
  options: { config: Config; secrets: Secrets; logger: Logger },
  store: DocumentStore,
  clock: Clock,
): Promise<Auth> {
  const { config, secrets, logger } = options;
  return openAuth({
    store,
    clock,
    logger: logger.child({ subsystem: 'auth' }),
    ...config.auth,
    secrets: {
      serviceAccountJson: secrets.serviceAccountJson?.reveal() ?? null,
      firebaseApiKey: secrets.firebaseApiKey?.reveal() ?? null,
      googleClientSecret: secrets.googleClientSecret?.reveal() ?? null,
      applePrivateKey: secrets.applePrivateKey?.reveal() ?? null,
    },
  });
}
