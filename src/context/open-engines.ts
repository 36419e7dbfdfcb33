import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Auth, openAuth } from '../auth/open-auth.ts';
import type { BlobStore } from '../blob/blob-store.ts';
import { SealingBlobStore } from '../blob/sealing-blob-store.ts';
import { SteadyCache } from '../cache/steady-cache.ts';
import type { Config } from '../config/config.ts';
import type { Secrets } from '../config/secrets.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { createUserCipher, type UserCipher } from '../kernel/user-cipher.ts';
import { COLLECTIONS } from '../model/collections.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { checkEncryption } from '../store/encryption-check.ts';
import { SealingStore } from '../store/sealing-store.ts';
import { RESTORE_UNFINISHED } from '../transfer/data-backup.ts';
import { ownerOfFile } from '../transfer/user-folders.ts';

/** Opens the store alone, for commands that need nothing else. */
export async function openStore(options: {
  config: Config;
  secrets: Secrets;
  logger: Logger;
}): Promise<DocumentStore> {
  const { config, logger } = options;
  if (existsSync(path.join(config.dataDir, RESTORE_UNFINISHED))) {
    throw new AppError(
      'conflict',
      `The restore into ${config.dataDir} was broken off: empty the directory and restore again.`,
    );
  }
  const secrets = encryptionSecrets(options.secrets);
  const cipher = openCipher(options.secrets);
  const { store } = config.engines;
  const sealing = new SealingStore(COLLECTIONS, cipher, new Set(store.traits.encryptsItself));
  const engine = await store.open({
    collections: sealing.collections,
    cipher,
    durability: config.durability,
    logger: logger.child({ subsystem: 'store' }),
  });
  try {
    await checkEncryption(engine, secrets, systemClock.now());
  } catch (error) {
    await engine.close();
    throw error;
  }
  return sealing.over(engine);
}

/** Encrypts what users own; null where the installation has no secret. */
export function openCipher(secrets: Secrets): UserCipher | null {
  const [current, previous] = encryptionSecrets(secrets);
  return current === undefined ? null : createUserCipher(current, previous ?? null);
}

/** The secret in force, and the one before where it is given. */
function encryptionSecrets(secrets: Secrets): string[] {
  return [secrets.encryptionSecret, secrets.previousEncryptionSecret].flatMap((secret) =>
    secret ? [secret.reveal()] : [],
  );
}

/** Opens the files alone, for commands that need nothing else. */
export async function openBlobs({
  config,
  secrets,
}: {
  config: Config;
  secrets: Secrets;
}): Promise<BlobStore> {
  const engine = await config.engines.blobs.open({ fsync: config.durability === 'power' });
  const cipher = openCipher(secrets);
  return cipher ? new SealingBlobStore(engine, { cipher, ownerOf: ownerOfFile }) : engine;
}

/** A cache that nobody has to wait for; see `SteadyCache`. */
export async function openSteadyCache(
  options: { config: Config; logger: Logger },
  clock: Clock,
): Promise<SteadyCache> {
  const logger = options.logger.child({ subsystem: 'cache' });
  const inner = await options.config.engines.cache.open({ clock, logger });
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
