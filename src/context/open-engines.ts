import path from 'node:path';
import { type Auth, openAuth } from '../auth/open-auth.ts';
import type { BlobStore } from '../blob/blob-store.ts';
import { openBlobStore } from '../blob/registry.ts';
import { SealingBlobStore } from '../blob/sealing-blob-store.ts';
import { openCache } from '../cache/registry.ts';
import { SteadyCache } from '../cache/steady-cache.ts';
import type { Config } from '../config/config.ts';
import type { Secrets } from '../config/secrets.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import { createUserCipher, type UserCipher } from '../kernel/user-cipher.ts';
import { COLLECTIONS } from '../model/collections.ts';
import { conversations, transcriptChunks } from '../model/conversation.ts';
import { conversationPhotos } from '../model/conversation-photo.ts';
import { memories } from '../model/memory.ts';
import { messages } from '../model/message.ts';
import { people } from '../model/person.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { checkEncryption } from '../store/encryption-check.ts';
import { openDocumentStore } from '../store/registry.ts';
import { SealingStore } from '../store/sealing-store.ts';
import { ownerOfFile } from '../transfer/user-folders.ts';
import { prepareDataDirectory, storePathOf } from './data-directory.ts';

/**
 * What is not sealed above the adapter: it seals texts of transcripts, photos, memories and messages
 * itself, in Omi's form, and Omi's backend reads the other fields of these documents as they are.
 */
const IN_OMIS_FORM = [
  transcriptChunks,
  conversationPhotos,
  memories,
  messages,
  conversations,
  people,
].map(({ name }) => name);

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
  const sealing = new SealingStore(
    COLLECTIONS,
    cipher,
    new Set(config.engines.store === 'firestore' ? IN_OMIS_FORM : []),
  );
  const engine = await openDocumentStore(config.engines.store, {
    path: storePathOf(config),
    collections: sealing.collections,
    firestore: {
      ...config.firestore,
      serviceAccountJson: options.secrets.serviceAccountJson?.reveal() ?? null,
      cipher,
    },
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
  const engine = await openBlobStore(config.engines.blobs, {
    directory: path.join(config.dataDir, 'blobs'),
    fsync: config.durability === 'power',
    gcs: config.scaling.gcs && {
      ...config.scaling.gcs,
      serviceAccountJson: secrets.serviceAccountJson?.reveal() ?? null,
    },
  });
  const cipher = openCipher(secrets);
  return cipher ? new SealingBlobStore(engine, { cipher, ownerOf: ownerOfFile }) : engine;
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
