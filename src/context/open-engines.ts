import type { BlobStore } from '../blob/blob-store.ts';
import { EncryptingBlobStore } from '../blob/encrypting-blob-store.ts';
import { ResilientCache } from '../cache/resilient-cache.ts';
import type { Config } from '../config/config.ts';
import type { Secrets } from '../config/secrets.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import { createUserCipher, type UserCipher } from '../kernel/user-cipher.ts';
import { COLLECTIONS } from '../model/collections.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { EncryptingStore } from '../store/encrypting-store.ts';
import { checkEncryption } from '../store/encryption-check.ts';
import { ownerOfFile } from '../transfer/user-folders.ts';
import { prepareDataDirectory } from './data-directory.ts';

/** Opens the store alone, for commands that need nothing else. */
export async function openStore(options: {
  config: Config;
  secrets: Secrets;
  logger: Logger;
}): Promise<DocumentStore> {
  const { config, logger } = options;
  await prepareDataDirectory(config, logger);
  const secrets = encryptionSecrets(options.secrets);
  const cipher = openCipher(options.secrets);
  const { store } = config.engines;
  const { encryptsItself, leavesPlain } = store.traits;
  const byEngine = new Set([...encryptsItself, ...leavesPlain]);
  const encrypting = new EncryptingStore(COLLECTIONS, cipher, byEngine);
  const engine = await store.open({
    collections: encrypting.collections,
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
  return encrypting.over(engine);
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
  return cipher ? new EncryptingBlobStore(engine, { cipher, ownerOf: ownerOfFile }) : engine;
}

/** A cache that nobody has to wait for; see `ResilientCache`. */
export async function openResilientCache(
  options: { config: Config; logger: Logger },
  clock: Clock,
): Promise<ResilientCache> {
  const logger = options.logger.child({ subsystem: 'cache' });
  const inner = await options.config.engines.cache.open({ clock, logger });
  return new ResilientCache(inner, { clock, logger });
}
