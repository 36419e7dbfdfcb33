import type { AudioSource } from '../audio/file/audio-source.ts';
import type { BlobStore } from '../blob/blob-store.ts';

/** Bytes that are read from the store at a time. */
const BLOCK_BYTES = 262_144;

/** Returns a file of the blob store as a source, of which one block at a time is in memory. */
export function blobSource(blobs: BlobStore, key: string, size: number, name = ''): AudioSource {
  let block = { index: -1, bytes: new Uint8Array(0) };
  const load = async (index: number): Promise<Uint8Array> => {
    if (block.index === index) return block.bytes;
    const start = index * BLOCK_BYTES;
    const { body } = await blobs.get(key, { start, end: Math.min(size, start + BLOCK_BYTES) - 1 });
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(part as Uint8Array);
    block = { index, bytes: Buffer.concat(parts) };
    return block.bytes;
  };
  return {
    name,
    size,
    async read(start, end) {
      const until = Math.min(end, size);
      const parts: Uint8Array[] = [];
      for (let at = start; at < until; ) {
        const index = Math.floor(at / BLOCK_BYTES);
        const bytes = await load(index);
        const from = at - index * BLOCK_BYTES;
        const part = bytes.subarray(from, from + until - at);
        if (part.length === 0) break;
        parts.push(part);
        at += part.length;
      }
      return parts.length === 1 ? (parts[0] ?? new Uint8Array(0)) : Buffer.concat(parts);
    },
  };
}
