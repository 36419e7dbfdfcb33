import { createHash } from 'node:crypto';
import { AppError } from '../kernel/errors.ts';
import { deriveUserKey } from '../kernel/user-cipher.ts';
import { GLOBAL } from '../model/collection.ts';
import { encryptionChecks } from '../model/encryption-check.ts';
import { queryAll } from './collection.ts';
import type { DocumentStore } from './document-store.ts';

/**
 * Checks that everything that was encrypted in a store can be decrypted with the given secrets, and
 * records the first of them, which encrypts new data. Called each time a store is opened, so that a
 * wrong secret stops the start instead of failing at some document later.
 *
 * @param store the engine itself
 * @param secrets the current one and earlier ones; empty: nothing is encrypted
 * @throws AppError `invalid-configuration` if a secret is missing
 */
export async function checkEncryption(
  store: DocumentStore,
  secrets: readonly string[],
  now: number,
): Promise<void> {
  const given = secrets.map(fingerprint);
  const known: string[] = [];
  const request = { query: 'recent' } as const;
  for await (const { id } of queryAll(store, encryptionChecks, GLOBAL, request)) known.push(id);
  if (known.some((id) => !given.includes(id))) throw missingSecret(secrets.length > 0);
  const [current] = given;
  if (current === undefined || known.includes(current)) return;
  await store.transact((tx) => tx.put(encryptionChecks, GLOBAL, { id: current, createdAt: now }));
}

function missingSecret(isOther: boolean): AppError {
  return new AppError(
    'invalid-configuration',
    isOther
      ? 'The data here was encrypted with another secret: set it as ENCRYPTION_SECRET, or as ENCRYPTION_SECRET_PREVIOUS beside the new one.'
      : 'The data here is encrypted: set the ENCRYPTION_SECRET that it was encrypted with.',
  );
}

/** Returns a hash of a key that is not used for encryption. */
function fingerprint(secret: string): string {
  return createHash('sha256')
    .update('encryption-check')
    .update(deriveUserKey(secret, ''))
    .digest('hex');
}
