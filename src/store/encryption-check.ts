import { createHash } from 'node:crypto';
import { AppError } from '../kernel/errors.ts';
import { deriveUserKey } from '../kernel/user-cipher.ts';
import { GLOBAL } from '../model/collection.ts';
import { encryptionChecks } from '../model/encryption-check.ts';
import { queryAll } from './collection.ts';
import type { DocumentStore } from './document-store.ts';

/**
 * Makes sure that whatever was encrypted in a store can be read with the given secrets, and notes the
 * first of them, with which new data is encrypted. Called each time a store is opened, so that a wrong
 * secret stops the start instead of showing up at some document.
 *
 * @param store the engine itself
 * @param secrets the one in force and those before it; empty where nothing is to be encrypted
 * @throws AppError `invalid-configuration` where a secret is missing
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

/** A hash of a key that encrypts nothing. */
function fingerprint(secret: string): string {
  return createHash('sha256')
    .update('encryption-check')
    .update(deriveUserKey(secret, ''))
    .digest('hex');
}
