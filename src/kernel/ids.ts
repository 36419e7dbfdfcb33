import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** Returns a new random UUID (version 4). */
export function newId(): string {
  return randomUUID();
}

/**
 * Returns an id in the form of a UUID made from a text: the first 16 bytes of its SHA-256 with version 4
 * and the RFC 4122 variant. The same text gives the same id, as in Omi, which so keeps each fact once.
 */
export function idFromText(text: string): string {
  const bytes = createHash('sha256').update(text, 'utf8').digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Returns `bytes` random bytes as unpadded base64url. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** Returns the SHA-256 of a text in lower-case hex. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
