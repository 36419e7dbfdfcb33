import { createHash } from 'node:crypto';
import type { BlobStore } from '../blob/blob-store.ts';
import { AppError } from '../kernel/errors.ts';
import { type CollectionDefinition, GLOBAL } from '../model/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { canonicalJson } from './canonical-json.ts';
import { DocumentDigest } from './document-digest.ts';
import { PutBatches } from './put-batches.ts';
import { userFolders } from './user-folders.ts';

/** The result of copying one owner. */
export interface CopiedOwner {
  documents: number;
  files: number;
  /** Bytes of the files. */
  bytes: number;
}

/** Source and target engines; a port whose sides are null is not copied. */
export interface EnginePair {
  store: { from: DocumentStore; to: DocumentStore } | null;
  blobs: { from: BlobStore; to: BlobStore } | null;
  collections: readonly CollectionDefinition[];
}

/**
 * Copies everything of one owner (`GLOBAL` for the global collections) and reads it back: counts and
 * checksums of both sides must be equal. It can be repeated.
 *
 * @param mayExist false if the target must have nothing of the owner yet
 * @throws AppError `conflict` if the target has other data of this owner, `internal` if the copy differs
 */
export async function copyOwner(
  engines: EnginePair,
  owner: string,
  mayExist: boolean,
  onProgress: (step: { documents: number; files: number }) => void,
): Promise<CopiedOwner> {
  const documents = engines.store
    ? await copyDocuments(engines.store, engines.collections, owner, mayExist, onProgress)
    : 0;
  const files =
    engines.blobs && owner !== GLOBAL
      ? await copyFiles(engines.blobs, owner, onProgress)
      : { files: 0, bytes: 0 };
  return { documents, ...files };
}

async function copyDocuments(
  { from, to }: { from: DocumentStore; to: DocumentStore },
  collections: readonly CollectionDefinition[],
  owner: string,
  mayExist: boolean,
  onProgress: (step: { documents: number; files: number }) => void,
): Promise<number> {
  if (!mayExist) await assertEmpty(to, owner);
  const byName = new Map(collections.map((collection) => [collection.name, collection]));
  const read = new DocumentDigest();
  const batches = new PutBatches(to);
  for await (const { collection: name, document } of from.exportOwner(owner)) {
    const collection = byName.get(name);
    if (!collection) throw new AppError('internal', `There is no collection "${name}".`);
    read.add(name, document);
    await batches.put(collection, owner, document, Buffer.byteLength(canonicalJson(document)));
    onProgress({ documents: 1, files: 0 });
  }
  await batches.flush();
  const written = new DocumentDigest();
  for await (const { collection, document } of to.exportOwner(owner)) {
    written.add(collection, document);
  }
  if (read.equals(written)) return read.count;
  const [was, is] = [read.count, written.count];
  throw was === is
    ? new AppError('internal', `Some of ${was} documents are different at the target.`)
    : new AppError(
        'conflict',
        `The target has ${is} instead of ${was} documents; it must be empty before the copy.`,
      );
}

async function assertEmpty(store: DocumentStore, owner: string): Promise<void> {
  for await (const _ of store.exportOwner(owner)) {
    throw new AppError(
      'conflict',
      'The target is not empty. Use an empty one, or --overwrite to overwrite its data.',
    );
  }
}

async function copyFiles(
  { from, to }: { from: BlobStore; to: BlobStore },
  owner: string,
  onProgress: (step: { documents: number; files: number }) => void,
): Promise<{ files: number; bytes: number }> {
  const copied = { files: 0, bytes: 0 };
  for (const folder of userFolders(owner)) {
    for await (const { key, size } of from.list(folder)) {
      const source = await from.get(key, null);
      const hash = createHash('sha256');
      await to.put(key, hashing(source.body, hash));
      const back = createHash('sha256');
      for await (const part of (await to.get(key, null)).body) back.update(part);
      if (hash.digest('hex') !== back.digest('hex')) {
        throw new AppError('internal', 'A file is different at the target.');
      }
      copied.files += 1;
      copied.bytes += size;
      onProgress({ documents: 0, files: 1 });
    }
  }
  return copied;
}

async function* hashing(
  source: AsyncIterable<Uint8Array>,
  hash: { update(part: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const part of source) {
    hash.update(part);
    yield part;
  }
}
