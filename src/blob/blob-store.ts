import type { Readable } from 'node:stream';

/** What is known of a stored file. */
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
  /** The bytes asked for. Whoever asked reads it to its end or destroys it. */
  body: Readable;
}

/** For an engine that can hand out links to its own files: signs one for `lifetimeMs`. */
export type SignUrl = (key: string, lifetimeMs: number) => Promise<string>;

/**
 * Files by key. A key is made of parts joined by `/` (see `assertBlobKey`); no key is the folder of
 * another. Writing replaces, at once and as a whole: a reader sees the old file or the new one.
 * Everything throws `bad-request` for a key or prefix that is none.
 */
export interface BlobStore {
  /** Null where links have to be served by this server. */
  readonly signUrl: SignUrl | null;
  /** Stores a file; where the source fails, nothing is stored. Throws `disk-full`. */
  put(key: string, data: Uint8Array | AsyncIterable<Uint8Array>): Promise<BlobInfo>;
  /** Throws `not-found`; `bad-request` where the range does not lie within the file. */
  get(key: string, range: ByteRange | null): Promise<BlobContent>;
  head(key: string): Promise<BlobInfo | undefined>;
  /** Every file below a folder (a prefix that ends with `/`), in the order of the keys. */
  list(prefix: string): AsyncIterable<BlobInfo>;
  /** Removing what is absent is no error. */
  delete(key: string): Promise<void>;
  /** Removes everything below a folder (a prefix that ends with `/`). */
  deletePrefix(prefix: string): Promise<void>;
}

/** A whole file in memory, undefined where it is absent. For files that are known to be small. */
export async function readBlob(store: BlobStore, key: string): Promise<Uint8Array | undefined> {
  if (!(await store.head(key))) return undefined;
  const { body } = await store.get(key, null);
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}
