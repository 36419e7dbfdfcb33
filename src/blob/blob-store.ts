import type { Readable } from 'node:stream';

/** A stored file without its bytes. */
export interface BlobInfo {
  key: string;
  /** Bytes. */
  size: number;
  /** When it was stored, epoch milliseconds. */
  storedAt: number;
}

/** A part of a file: bytes `start` to `end`, both inclusive, as in HTTP. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface BlobContent {
  info: BlobInfo;
  /** The bytes. The caller must read the stream to its end or destroy it. */
  body: Readable;
}

/** Signs a link to a file for `lifetimeMs`, for engines that serve their own files. */
export type SignUrl = (key: string, lifetimeMs: number) => Promise<string>;

/**
 * Files by key. A key consists of parts joined by `/` (see `assertBlobKey`); no key is the folder of
 * another. A write replaces the file atomically: a reader sees the old file or the new one.
 *
 * @throws AppError `bad-request` in every method for an invalid key or prefix
 */
export interface BlobStore {
  /** Null if this server must serve links itself. */
  readonly signUrl: SignUrl | null;
  /** Stores a file; if the source fails, nothing is stored. @throws AppError `disk-full` */
  put(key: string, data: Uint8Array | AsyncIterable<Uint8Array>): Promise<BlobInfo>;
  /** @throws AppError `not-found`; `bad-request` if the range is outside the file */
  get(key: string, range: ByteRange | null): Promise<BlobContent>;
  head(key: string): Promise<BlobInfo | undefined>;
  /** Yields every file below a folder (a prefix that ends with `/`), in the order of the keys. */
  list(prefix: string): AsyncIterable<BlobInfo>;
  /** Deletes a file; an absent file is no error. */
  delete(key: string): Promise<void>;
  /** Deletes everything below a folder (a prefix that ends with `/`). */
  deletePrefix(prefix: string): Promise<void>;
}

/** Returns a whole file; undefined if it is absent. Only for files that are known to be small. */
export async function readBlob(store: BlobStore, key: string): Promise<Uint8Array | undefined> {
  if (!(await store.head(key))) return undefined;
  const { body } = await store.get(key, null);
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}
