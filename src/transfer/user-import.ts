import type { BlobStore } from '../blob/blob-store.ts';
import { enqueue } from '../jobs/enqueue.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { parseJson } from '../kernel/json.ts';
import { users } from '../model/accounts/user.ts';
import { type CollectionDefinition, GLOBAL } from '../model/collection.ts';
import { conversations } from '../model/conversations/conversation.ts';
import { syncFiles } from '../model/conversations/sync-file.ts';
import { finaliseJob, processJob, syncFilesJob } from '../model/jobs.ts';
import { memories } from '../model/memory.ts';
import { makeSearchChange, searchChanges } from '../model/search-change.ts';
import { actionItems } from '../model/tasks/action-item.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { archivedCollections, OWNED_GLOBALS } from './archive-collections.ts';
import {
  documentsEntry,
  FILES_PREFIX,
  FORMAT_VERSION,
  MANIFEST,
  type Manifest,
  manifestSchema,
} from './archive-manifest.ts';
import { DocumentDigest } from './document-digest.ts';
import { PutBatches } from './put-batches.ts';
import { readLines } from './read-lines.ts';
import { MAX_MANIFEST_BYTES, readAll, readTar, type TarEntry, verifyTar } from './tar-archive.ts';
import { userFolders } from './user-folders.ts';

export interface ArchiveImportOptions {
  store: DocumentStore;
  blobs: BlobStore;
  clock: Clock;
  path: string;
  /** True: overwrite existing data of the user. */
  overwrite: boolean;
  onProgress: (done: number, total: number, what: string) => void;
}

/**
 * Imports the user of an archive under the same uid. The archive is checked completely before anything is
 * written, and what was written is read back and compared. It can be repeated.
 *
 * @throws AppError `bad-request` for an archive that is damaged or of another kind, `already-exists` if
 *   the user has data here
 */
export async function importUserArchive(options: ArchiveImportOptions): Promise<Manifest> {
  const { store, blobs, path } = options;
  const manifest = await readManifest(path);
  const entries = await verifyTar(path);
  if (!options.overwrite) await assertNothingThere(store, manifest.uid);
  const collections = new Map<string, CollectionDefinition>(
    [users, ...OWNED_GLOBALS, ...archivedCollections()].map((collection) => [
      documentsEntry(collection.name),
      collection as unknown as CollectionDefinition,
    ]),
  );
  const digest = new DocumentDigest();
  let done = 0;
  for await (const entry of readTar(path)) {
    const collection = collections.get(entry.name);
    if (collection) await importDocuments(store, manifest.uid, collection, entry, digest);
    else if (entry.name.startsWith('documents/')) {
      throw new AppError(
        'bad-request',
        'The archive contains collections that this release does not have.',
      );
    } else if (entry.name.startsWith(FILES_PREFIX)) {
      await importFile(blobs, manifest.uid, entry);
    }
    done += 1;
    options.onProgress(Math.min(done, entries), entries, entry.name.split('/')[0] ?? '');
  }
  await assertSame(store, manifest.uid, digest);
  await takeUp(store, manifest.uid, options.clock.now());
  return manifest;
}

async function readManifest(path: string): Promise<Manifest> {
  for await (const entry of readTar(path)) {
    if (entry.name !== MANIFEST) break;
    const parsed = manifestSchema.safeParse(
      parseJson((await readAll(entry.body, MAX_MANIFEST_BYTES)).toString('utf8')),
    );
    if (!parsed.success) break;
    if (parsed.data.version <= FORMAT_VERSION) return parsed.data;
    throw new AppError('bad-request', 'The archive was written by a newer release.');
  }
  throw new AppError('bad-request', 'The file is not an archive of a user; `export` creates one.');
}

async function assertNothingThere(store: DocumentStore, uid: string): Promise<void> {
  for await (const _ of store.exportOwner(uid)) {
    throw new AppError(
      'already-exists',
      'The user of this archive already has data here. Use --overwrite to replace it.',
    );
  }
}

async function importDocuments(
  store: DocumentStore,
  uid: string,
  collection: CollectionDefinition,
  entry: TarEntry,
  digest: DocumentDigest,
): Promise<void> {
  const owner = collection.scope === 'global' ? GLOBAL : uid;
  const batches = new PutBatches(store);
  for await (const line of readLines(entry.body)) {
    const parsed = collection.schema.safeParse(parseJson(line));
    if (!parsed.success) {
      throw new AppError('bad-request', `A document of "${collection.name}" is not valid.`);
    }
    const document = parsed.data;
    assertOwn(collection, uid, document);
    if (owner === GLOBAL) await assertNobodyElses(store, collection, uid, document.id);
    digest.add(collection.name, document);
    await batches.put(collection, owner, document, line.length);
  }
  await batches.flush();
}

/** An archive may be forged: it must not write data of another user. */
function assertOwn(collection: CollectionDefinition, uid: string, document: { id: string }): void {
  const named = collection.name === users.name ? document.id : uidIn(document);
  if (named === undefined || named === uid) return;
  throw new AppError('bad-request', `A document of "${collection.name}" is another user's.`);
}

/** Ids of global documents are shared by all users, so an archive must not overwrite another's. */
async function assertNobodyElses(
  store: DocumentStore,
  collection: CollectionDefinition,
  uid: string,
  id: string,
): Promise<void> {
  const stored = await store.find(collection, GLOBAL, id);
  if (stored) assertOwn(collection, uid, stored);
}

function uidIn(document: object): unknown {
  return 'uid' in document ? document.uid : undefined;
}

async function importFile(blobs: BlobStore, uid: string, entry: TarEntry): Promise<void> {
  const key = entry.name.slice(FILES_PREFIX.length);
  if (!userFolders(uid).some((folder) => key.startsWith(folder))) {
    throw new AppError('bad-request', "The archive contains a file that is not its user's.");
  }
  await blobs.put(key, entry.body);
}

/** Checks that the stored data equals the archive. */
async function assertSame(
  store: DocumentStore,
  uid: string,
  expected: DocumentDigest,
): Promise<void> {
  const stored = new DocumentDigest();
  const user = await store.find(users, GLOBAL, uid);
  if (user) stored.add(users.name, user);
  for (const collection of OWNED_GLOBALS) {
    const owned = collection as unknown as CollectionDefinition<
      { id: string; uid: string },
      'ofUser'
    >;
    const request = { query: 'ofUser', filters: { uid } } as const;
    for await (const document of queryAll(store, owned, GLOBAL, request)) {
      stored.add(collection.name, document);
    }
  }
  const names = new Set(archivedCollections().map(({ name }) => name));
  for await (const { collection, document } of store.exportOwner(uid)) {
    if (names.has(collection)) stored.add(collection, document);
  }
  if (stored.equals(expected)) return;
  throw new AppError(
    'conflict',
    `The archive has ${expected.count} documents; ${stored.count} are stored, or some differ.`,
  );
}

/** Announces everything to the search index, and enqueues the jobs of unfinished conversations. */
async function takeUp(store: DocumentStore, uid: string, now: number): Promise<void> {
  const batches = new PutBatches(store);
  let at = now;
  const note = async (kind: 'conversation' | 'memory' | 'action_item', id: string) => {
    // Each gets its own time: the index continues after the last one that it has read.
    at += 1;
    await batches.put(
      searchChanges as unknown as CollectionDefinition,
      uid,
      makeSearchChange(kind, id, at),
      100,
    );
  };
  for await (const conversation of queryAll(store, conversations, uid, { query: 'recent' })) {
    await note('conversation', conversation.id);
    const { id: subject, status } = conversation;
    if (status !== 'in_progress' && status !== 'processing') continue;
    const kind = status === 'in_progress' ? finaliseJob : processJob;
    await store.transact((tx) => enqueue(tx, kind, { uid, subject }, now));
  }
  for await (const { id } of queryAll(store, memories, uid, { query: 'byScoring' })) {
    await note('memory', id);
  }
  for await (const { id } of queryAll(store, actionItems, uid, { query: 'recent' })) {
    await note('action_item', id);
  }
  await batches.flush();
  const filters = { state: ['waiting'] as const };
  const waiting = await store.query(syncFiles, uid, { query: 'byStart', filters, limit: 1 });
  await store.transact((tx) => {
    if (waiting.items.length > 0) enqueue(tx, syncFilesJob, { uid, subject: 'all' }, now);
    tx.emit('search-changed', { uid });
  });
}
