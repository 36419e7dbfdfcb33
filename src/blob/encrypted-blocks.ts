import { randomBytes } from 'node:crypto';
import { AppError } from '../kernel/errors.ts';
import type { UserCipher } from '../kernel/user-cipher.ts';

/**
 * An encrypted file: a header of 16 bytes (8 that say so, 8 at random that are the file's id), then blocks.
 * A block is its length (4 bytes, big-endian), nonce, ciphertext and tag; its plain text is the file's
 * id, the number of the block (4 bytes), 1 where it is the last, and at most 64 KiB of the file. So no
 * block can be left out, moved or taken from another file unnoticed, and the size of the plain file
 * follows from that of the encrypted one.
 */
const MAGIC = Buffer.from([0x8f, 0x6f, 0x62, 0x73, 0x65, 0x61, 0x6c, 0x01]);
const ID_BYTES = 8;
export const HEADER_BYTES = MAGIC.length + ID_BYTES;

/** Bytes of the file that a block holds, the last one fewer. */
const BLOCK_BYTES = 64 * 1024;
const LENGTH_BYTES = 4;
const PREFIX_BYTES = ID_BYTES + 4 + 1;
/** Length, nonce, tag and what stands before the file's bytes. */
const EXTRA_BYTES = LENGTH_BYTES + 28 + PREFIX_BYTES;
const STORED_BLOCK_BYTES = BLOCK_BYTES + EXTRA_BYTES;

/** Bytes of the smallest encrypted file, that of an empty one. */
export const MIN_ENCRYPTED_BYTES = HEADER_BYTES + EXTRA_BYTES;

/** The id of an encrypted file by its first bytes; undefined where it is not encrypted. */
export function readEncryptedHeader(header: Uint8Array): Buffer | undefined {
  if (header.length < HEADER_BYTES || !MAGIC.equals(header.subarray(0, MAGIC.length))) return;
  return Buffer.from(header.subarray(MAGIC.length, HEADER_BYTES));
}

/** Size of the plain file, from that of the encrypted one. */
export function plainSize(encryptedSize: number): number {
  const body = encryptedSize - HEADER_BYTES;
  return body - EXTRA_BYTES * Math.ceil(body / STORED_BLOCK_BYTES);
}

/** The blocks that hold some bytes of the plain file, and where they are in the encrypted one. */
export function locateBlocks(encryptedSize: number, start: number, end: number) {
  const first = Math.floor(start / BLOCK_BYTES);
  const last = Math.floor(Math.max(start, end) / BLOCK_BYTES);
  return {
    first,
    /** Number of the file's last block. */
    final: Math.ceil((encryptedSize - HEADER_BYTES) / STORED_BLOCK_BYTES) - 1,
    /** Bytes of the first block that are before `start`. */
    skip: start - first * BLOCK_BYTES,
    range: {
      start: HEADER_BYTES + first * STORED_BLOCK_BYTES,
      end: Math.min(encryptedSize, HEADER_BYTES + (last + 1) * STORED_BLOCK_BYTES) - 1,
    },
  };
}

/** A plain file as an encrypted one. */
export async function* encryptBlocks(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  cipher: UserCipher,
  uid: string,
): AsyncGenerator<Buffer> {
  const id = randomBytes(ID_BYTES);
  yield Buffer.concat([MAGIC, id]);
  let index = 0;
  let rest: Buffer = Buffer.alloc(0);
  const encrypt = (bytes: Buffer, isLast: boolean): Buffer => {
    const encrypted = cipher.encrypt(uid, Buffer.concat([prefixOf(id, index, isLast), bytes]));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(encrypted.length);
    index += 1;
    return Buffer.concat([length, encrypted]);
  };
  for await (const part of source) {
    rest = rest.length === 0 ? Buffer.from(part) : Buffer.concat([rest, part]);
    // A full block waits until it is sure that it is not the last one.
    let at = 0;
    for (; rest.length - at > BLOCK_BYTES; at += BLOCK_BYTES) {
      yield encrypt(rest.subarray(at, at + BLOCK_BYTES), false);
    }
    if (at > 0) rest = Buffer.from(rest.subarray(at));
  }
  yield encrypt(rest, true);
}

/** The bytes of the file that are in a row of whole blocks, block by block. */
export async function* decryptBlocks(
  source: AsyncIterable<Uint8Array>,
  file: { id: Buffer; first: number; final: number },
  cipher: UserCipher,
  uid: string,
): AsyncGenerator<Buffer> {
  let index = file.first;
  let parts: Uint8Array[] = [];
  let size = 0;
  const open = (block: Buffer): Buffer => {
    if (block.length < EXTRA_BYTES || block.readUInt32BE(0) !== block.length - LENGTH_BYTES) {
      throw new AppError('internal', 'A stored file is damaged.');
    }
    const plain = cipher.decrypt(uid, block.subarray(LENGTH_BYTES));
    const expected = prefixOf(file.id, index, index === file.final);
    if (!expected.equals(plain.subarray(0, PREFIX_BYTES))) {
      throw new AppError(
        'conflict',
        'A stored file is damaged, or was replaced while it was read.',
      );
    }
    index += 1;
    return plain.subarray(PREFIX_BYTES);
  };
  for await (const part of source) {
    parts.push(part);
    size += part.length;
    if (size < STORED_BLOCK_BYTES) continue;
    const bytes = Buffer.concat(parts);
    let at = 0;
    for (; size - at >= STORED_BLOCK_BYTES; at += STORED_BLOCK_BYTES) {
      yield open(bytes.subarray(at, at + STORED_BLOCK_BYTES));
    }
    parts = [bytes.subarray(at)];
    size -= at;
  }
  if (size > 0) yield open(Buffer.concat(parts));
}

function prefixOf(id: Buffer, index: number, isLast: boolean): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  id.copy(prefix);
  prefix.writeUInt32BE(index, ID_BYTES);
  prefix[PREFIX_BYTES - 1] = isLast ? 1 : 0;
  return prefix;
}
