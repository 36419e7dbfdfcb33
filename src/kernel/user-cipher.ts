import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from './errors.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Derived keys that are kept; deriving one takes some microseconds. */
const MAX_KEYS = 1000;

/** Encrypts what users own, each with a key of their own: Omi's level "enhanced". */
export interface UserCipher {
  /** Nonce, ciphertext and tag. */
  encrypt(uid: string, plain: Uint8Array): Buffer;
  /** @throws AppError `internal` where no secret opens it or it was changed */
  decrypt(uid: string, encrypted: Uint8Array): Buffer;
  /** `encrypt` as base64; text that is empty stays empty. */
  encryptText(uid: string, plain: string): string;
  /** What `encryptText` made. */
  decryptText(uid: string, encrypted: string): string;
}

/**
 * AES-256-GCM without additional data under a key by HKDF-SHA256 (salt: the user id, info
 * `user-data-encryption`). New data is encrypted with `secret`; `previous` still opens what it encrypted.
 * Secrets have at least 32 bytes. @throws AppError `invalid-configuration` where one is shorter
 */
export function createUserCipher(secret: string, previous: string | null = null): UserCipher {
  const secrets = previous === null ? [secret] : [secret, previous];
  for (const one of secrets) {
    if (Buffer.byteLength(one) < 32) {
      throw new AppError('invalid-configuration', 'ENCRYPTION_SECRET needs at least 32 bytes.');
    }
  }
  const keys = new Map<string, Buffer[]>();
  const keysOf = (uid: string): Buffer[] => {
    let found = keys.get(uid);
    if (!found) {
      found = secrets.map((one) => deriveUserKey(one, uid));
      if (keys.size >= MAX_KEYS) keys.clear();
      keys.set(uid, found);
    }
    return found;
  };
  const cipher: UserCipher = {
    encrypt(uid, plain) {
      const [key = Buffer.alloc(0)] = keysOf(uid);
      return encryptWith(key, randomBytes(NONCE_BYTES), plain);
    },
    decrypt(uid, encrypted) {
      for (const key of keysOf(uid)) {
        const plain = decryptWith(key, encrypted);
        if (plain) return plain;
      }
      throw new AppError(
        'internal',
        'Stored data cannot be decrypted: it was encrypted with another ENCRYPTION_SECRET, or it is damaged.',
      );
    },
    encryptText: (uid, plain) =>
      plain === '' ? '' : cipher.encrypt(uid, Buffer.from(plain)).toString('base64'),
    decryptText: (uid, encrypted) =>
      encrypted === ''
        ? ''
        : cipher.decrypt(uid, Buffer.from(encrypted, 'base64')).toString('utf8'),
  };
  return cipher;
}

/** The 32 bytes of a user's key. */
export function deriveUserKey(secret: string, uid: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, uid, 'user-data-encryption', 32));
}

/** Nonce (12 bytes), ciphertext and tag (16 bytes) by AES-256-GCM. A nonce may serve a key only once. */
export function encryptWith(key: Buffer, nonce: Uint8Array, plain: Uint8Array): Buffer {
  const gcm = createCipheriv('aes-256-gcm', key, nonce);
  return Buffer.concat([nonce, gcm.update(plain), gcm.final(), gcm.getAuthTag()]);
}

/** What `encryptWith` made, or undefined where it was another key, or something was changed. */
export function decryptWith(key: Buffer, encrypted: Uint8Array): Buffer | undefined {
  if (encrypted.byteLength < NONCE_BYTES + TAG_BYTES) return undefined;
  const end = encrypted.byteLength - TAG_BYTES;
  const gcm = createDecipheriv('aes-256-gcm', key, encrypted.subarray(0, NONCE_BYTES));
  gcm.setAuthTag(encrypted.subarray(end));
  const plain = gcm.update(encrypted.subarray(NONCE_BYTES, end));
  try {
    return Buffer.concat([plain, gcm.final()]);
  } catch {
    // Not this key, or changed: whoever asked tries the next one.
    return undefined;
  }
}
