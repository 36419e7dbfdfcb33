import { type FileHandle, open } from 'node:fs/promises';

/** Bytes of a file that can be read from any position. */
export interface AudioSource {
  /** The last part of its path or the name that a client gives it; may be empty. */
  name: string;
  /** Bytes. */
  size: number;
  /** Bytes from `start` up to, not including, `end`; fewer at the end of the file. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** A file that is in memory already. */
export function bytesSource(bytes: Uint8Array, name = ''): AudioSource {
  return { name, size: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
}

/** A file on disk, of which only what is asked for is in memory. The owner closes it. */
export class DiskSource implements AudioSource {
  readonly name: string;
  readonly size: number;
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle, size: number, name: string) {
    this.#handle = handle;
    this.size = size;
    this.name = name;
  }

  static async open(path: string, name: string): Promise<DiskSource> {
    const handle = await open(path, 'r');
    return new DiskSource(handle, (await handle.stat()).size, name);
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    const buffer = Buffer.alloc(Math.max(0, Math.min(end, this.size) - start));
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await this.#handle.read(
        buffer,
        filled,
        buffer.length - filled,
        start + filled,
      );
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
