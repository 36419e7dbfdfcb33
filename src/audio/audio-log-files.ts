import { type FileHandle, open, readdir } from 'node:fs/promises';

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

export function chunkFileName(startTick: number): string {
  return `${String(startTick).padStart(15, '0')}.chunk`;
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
    const match = NAME.exec(name);
    if (match?.[1]) starts.push(Number(match[1]));
  }
  return starts.sort((a, b) => a - b);
}

/** Frames as the bytes of records. */
export function encodeRecords(frames: readonly Uint8Array[]): Buffer {
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

/** The frames of one chunk file, some 64 kB at a time, up to its last whole record. */
export async function* readRecords(file: string): AsyncGenerator<Uint8Array[]> {
  const handle: FileHandle = await open(file, 'r');
  try {
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(65_536), 0, 65_536, null);
      if (bytesRead === 0) return;
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const frames: Uint8Array[] = [];
      let at = 0;
      while (rest.length - at >= HEADER_BYTES) {
        const length = rest.readUInt32LE(at);
        if (length > MAX_RECORD_BYTES) return;
        if (rest.length - at - HEADER_BYTES < length) break;
        frames.push(rest.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length));
        at += HEADER_BYTES + length;
      }
      rest = rest.subarray(at);
      if (frames.length > 0) yield frames;
    }
  } finally {
    await handle.close();
  }
}
