import { Readable } from 'node:stream';
import { AppError } from '../kernel/errors.ts';
import type { UserCipher } from '../kernel/user-cipher.ts';
import { assertBlobKey } from './blob-key.ts';
import type { BlobContent, BlobInfo, BlobStore, ByteRange } from './blob-store.ts';
import {
  decryptBlocks,
  encryptBlocks,
  HEADER_BYTES,
  locateBlocks,
  MIN_ENCRYPTED_BYTES,
  plainSize,
  readEncryptedHeader,
} from './encrypted-blocks.ts';

export interface EncryptingBlobStoreOptions {
  cipher: UserCipher;
  /** Whose file a key names; null for files that are stored as they come. */
  ownerOf: (key: string) => string | null;
}

/**
 * A blob store whose files are encrypted under their owner's key (see `encrypted-blocks.ts`). Sizes and
 * ranges are those of the plain files; files that were stored in plain before stay readable.
 */
export class EncryptingBlobStore implements BlobStore {
  /** A link to the engine's own file would hand out what nobody can read. */
  readonly signUrl = null;
  readonly #inner: BlobStore;
  readonly #cipher: UserCipher;
  readonly #ownerOf: (key: string) => string | null;

  constructor(inner: BlobStore, { cipher, ownerOf }: EncryptingBlobStoreOptions) {
    this.#inner = inner;
    this.#cipher = cipher;
    this.#ownerOf = ownerOf;
  }

  async put(key: string, data: Uint8Array | AsyncIterable<Uint8Array>): Promise<BlobInfo> {
    assertBlobKey(key);
    const uid = this.#ownerOf(key);
    if (uid === null) return this.#inner.put(key, data);
    const parts = data instanceof Uint8Array ? [data] : data;
    const info = await this.#inner.put(key, encryptBlocks(parts, this.#cipher, uid));
    return { ...info, size: plainSize(info.size) };
  }

  async get(key: string, range: ByteRange | null): Promise<BlobContent> {
    const encrypted = await this.#findEncrypted(key);
    if (!encrypted) return this.#inner.get(key, range);
    const { uid, id, info } = encrypted;
    const size = plainSize(info.size);
    if (range && !(range.start >= 0 && range.start <= range.end && range.end < size)) {
      throw new AppError('bad-request', 'The range does not lie within the file.');
    }
    const { start, end } = range ?? { start: 0, end: size - 1 };
    const blocks = locateBlocks(info.size, start, end);
    const { body } = await this.#inner.get(key, blocks.range);
    const plain = decryptBlocks(body, { id, ...blocks }, this.#cipher, uid);
    const wanted = Readable.from(cut(plain, blocks.skip, end - start + 1), { objectMode: false });
    // Whoever destroys it before the first byte was read has not started the generators.
    wanted.once('close', () => body.destroy());
    return { info: { ...info, size }, body: wanted };
  }

  async head(key: string): Promise<BlobInfo | undefined> {
    const info = await this.#inner.head(key);
    return info && this.#plainInfo(info);
  }

  async *list(prefix: string): AsyncGenerator<BlobInfo> {
    for await (const info of this.#inner.list(prefix)) yield await this.#plainInfo(info);
  }

  delete(key: string): Promise<void> {
    return this.#inner.delete(key);
  }

  deletePrefix(prefix: string): Promise<void> {
    return this.#inner.deletePrefix(prefix);
  }

  async #plainInfo(info: BlobInfo): Promise<BlobInfo> {
    const encrypted = await this.#readHeader(info);
    return encrypted ? { ...info, size: plainSize(info.size) } : info;
  }

  async #findEncrypted(key: string) {
    const info = await this.#inner.head(key);
    return info && this.#readHeader(info);
  }

  /** Whose file it is and what it is called inside; undefined where it is stored in plain. */
  async #readHeader(
    info: BlobInfo,
  ): Promise<{ uid: string; id: Buffer; info: BlobInfo } | undefined> {
    const uid = this.#ownerOf(info.key);
    if (uid === null || info.size < MIN_ENCRYPTED_BYTES) return undefined;
    const { body } = await this.#inner.get(info.key, { start: 0, end: HEADER_BYTES - 1 });
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(part);
    const id = readEncryptedHeader(Buffer.concat(parts));
    return id && { uid, id, info };
  }
}

/** The bytes after the first `skip`, `length` at most. */
async function* cut(
  source: AsyncIterable<Buffer>,
  skip: number,
  length: number,
): AsyncGenerator<Buffer> {
  let before = skip;
  let left = length;
  for await (const part of source) {
    const wanted = part.subarray(before, before + left);
    before = Math.max(0, before - part.length);
    left -= wanted.length;
    if (wanted.length > 0) yield wanted;
    if (left <= 0) return;
  }
}
