import { type FileHandle, open, readdir } from 'node:fs/promises';
import { AppError } from '../kernel/errors.ts';

/**
 * A chunk file is a row of records: a 4-byte little-endian length, then that many bytes of one
 * frame. Its name is the position of its first frame, in ticks of the format (samples for PCM,
 * 48 kHz samples for Opus), so that a reader finds its place without opening the others. A record
 * that was cut off by a crash is the last one and is ignored.
 */
const NAME = /^(\d{15})\.chunk$/;
const HEADER_BYTES = 4;

/** A frame larger than this is no frame but a damaged length. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;
const ENCRYPTED = 0x8000_0000;
/** Bytes of frames that are encrypted together, some more where one frame is larger. */
const ENCRYPTED_TOGETHER_BYTES = 256 * 1024;

/** Present in the directory of a session all of whose words are stored. */
export const HEARD_MARKER = 'heard';

/** Encrypts and decrypts the audio of one user. */
export interface AudioEncrypter {
  encrypt(plain: Uint8Array): Buffer;
  /** @throws AppError `internal` where it was encrypted by another, or changed */
  decrypt(encrypted: Uint8Array): Buffer;
}

export function chunkFileName(startTick: number): string {
  return `${String(startTick).padStart(15, '0')}.chunk`;
}

/** The start tick in the name of a chunk file; undefined if it is another file. */
export function chunkStart(name: string): number | undefined {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Start ticks of a session's chunk files, ascending; none where the directory does not exist. */
export async function listChunks(directory: string): Promise<number[]> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const starts: number[] = [];
  for (const name of names) {
    const start = chunkStart(name);
    if (start !== undefined) starts.push(start);
  }
  return starts.sort((a, b) => a - b);
}

/** Frames as the bytes of records, encrypted where there is an encrypter. */
export function encodeRecords(
  frames: readonly Uint8Array[],
  encrypter: AudioEncrypter | null = null,
): Buffer {
  if (!encrypter) return encodePlain(frames);
  const records: Uint8Array[] = [];
  let together: Uint8Array[] = [];
  let size = 0;
  const encrypt = (): void => {
    if (together.length === 0) return;
    const encrypted = encrypter.encrypt(encodePlain(together));
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(ENCRYPTED + encrypted.length);
    records.push(header, encrypted);
    together = [];
    size = 0;
  };
  for (const frame of frames) {
    if (size + frame.length > ENCRYPTED_TOGETHER_BYTES) encrypt();
    together.push(frame);
    size += frame.length;
  }
  encrypt();
  return Buffer.concat(records);
}

function encodePlain(frames: readonly Uint8Array[]): Buffer {
  let size = 0;
  for (const frame of frames) size += HEADER_BYTES + frame.length;
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const frame of frames) {
    bytes.writeUInt32LE(frame.length, at);
    bytes.set(frame, at + HEADER_BYTES);
    at += HEADER_BYTES + frame.length;
  }
  return bytes;
}

/**
 * Yields the frames of one chunk file, some 64 kB at a time, up to its last whole record. Yields
 * nothing if the file has been deleted: it is then a gap.
 * @throws AppError `internal` where a record cannot be opened and is not the last one
 */
export async function* readRecords(
  file: string,
  encrypter: AudioEncrypter | null = null,
): AsyncGenerator<Uint8Array[]> {
  const handle = await openIfPresent(file);
  if (!handle) return;
  /** Why the record before could not be opened: fine where a loss of power has torn the last one. */
  let torn: unknown;
  try {
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(65_536), 0, 65_536, null);
      if (bytesRead === 0) return;
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const frames: Uint8Array[] = [];
      let at = 0;
      while (rest.length - at >= HEADER_BYTES) {
        if (torn !== undefined) throw torn;
        const header = rest.readUInt32LE(at);
        const isEncrypted = header >= ENCRYPTED;
        const length = isEncrypted ? header - ENCRYPTED : header;
        if (length > MAX_RECORD_BYTES + ENCRYPTED_TOGETHER_BYTES) return;
        if (rest.length - at - HEADER_BYTES < length) break;
        const record = rest.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
        at += HEADER_BYTES + length;
        if (!isEncrypted) {
          frames.push(record);
          continue;
        }
        try {
          frames.push(...openRecord(record, encrypter));
        } catch (error) {
          torn = error;
        }
      }
      rest = rest.subarray(at);
      if (frames.length > 0) yield frames;
    }
  } finally {
    await handle.close();
  }
}

async function openIfPresent(file: string): Promise<FileHandle | null> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function openRecord(record: Uint8Array, encrypter: AudioEncrypter | null): Uint8Array[] {
  if (!encrypter) {
    throw new AppError('internal', 'The audio log is encrypted, and no ENCRYPTION_SECRET is set.');
  }
  const plain = encrypter.decrypt(record);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < plain.length; ) {
    const length = plain.readUInt32LE(at);
    frames.push(plain.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length));
    at += HEADER_BYTES + length;
  }
  return frames;
}
