import { createHash } from 'node:crypto';

/**
 * A deterministic embedding: words and their beginnings, hashed to dimensions and counted, so that
 * texts with common words lie near each other. Not of unit length, as some servers' are not.
 */
export function embedWords(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
    for (const [feature, weight] of [
      [word, 2],
      [`^${word.slice(0, 4)}`, 1],
    ] as const) {
      const hash = createHash('sha256').update(feature).digest();
      const index = hash.readUInt32LE(0) % dimensions;
      vector[index] = (vector[index] ?? 0) + weight * ((hash[4] ?? 0) % 2 === 0 ? 1 : -1);
    }
  }
  // Two features may cancel out; no text may have the zero vector.
  vector[0] = (vector[0] ?? 0) + 0.1;
  return vector;
}

/** Numbers as little-endian 32-bit floats in base64, as `encoding_format: base64` answers. */
export function toBase64Floats(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [i, value] of vector.entries()) bytes.writeFloatLE(value, i * 4);
  return bytes.toString('base64');
}
