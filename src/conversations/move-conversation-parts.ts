import { posix } from 'node:path';
import type { BlobStore } from '../blob/blob-store.ts';
import { findMemoriesSaidIn, withMovedSource } from '../memories/conversation-memories.ts';
import { actionItems } from '../model/action-item.ts';
import { conversations } from '../model/conversation.ts';
import { conversationPhotos } from '../model/conversation-photo.ts';
import { memories, sourcesOf } from '../model/memory.ts';
import { type Recording, recordings } from '../model/recording.ts';
import { searchChanged } from '../search/search-changed.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { conversationFolder } from './recording-keys.ts';

/** Photos moved in one commit: each may be as large as a document may be. */
const PHOTOS_PER_COMMIT = 5;
const CLAIMS_PER_COMMIT = 100;

/** Which parts of one conversation become part of another. */
export interface MovedParts {
  from: string;
  to: string;
  /** Returns true if a task or memory that was found in these segments moves. */
  hasSegments: (ids: readonly string[]) => boolean;
  /** Returns true if a photo or recording of this time moves, epoch milliseconds. */
  isAt: (time: number) => boolean;
}

/**
 * Moves photos, recordings, action items and memories to another conversation, in several commits. A
 * run that was interrupted can be repeated: it moves what is left.
 */
export async function moveConversationParts(
  deps: { store: DocumentStore; blobs: BlobStore },
  uid: string,
  parts: MovedParts,
  now: number,
): Promise<void> {
  await moveTasksAndMemories(deps.store, uid, parts, now);
  await movePhotos(deps.store, uid, parts);
  await moveRecordings(deps, uid, parts);
}

async function moveTasksAndMemories(
  store: DocumentStore,
  uid: string,
  { from, to, hasSegments }: MovedParts,
  now: number,
): Promise<void> {
  const filters = { conversationId: from };
  const moved: { kind: 'action_item' | 'memory'; id: string }[] = [];
  for await (const item of queryAll(store, actionItems, uid, { query: 'recent', filters })) {
    if (hasSegments(item.segmentIds)) moved.push({ kind: 'action_item', id: item.id });
  }
  for (const fact of await findMemoriesSaidIn(store, uid, from)) {
    const here = sourcesOf(fact).find(({ conversationId }) => conversationId === from);
    if (here && hasSegments(here.segmentIds)) moved.push({ kind: 'memory', id: fact.id });
  }
  for (let i = 0; i < moved.length; i += CLAIMS_PER_COMMIT) {
    await store.transact(async (tx) => {
      const batch = moved.slice(i, i + CLAIMS_PER_COMMIT);
      const idsOf = (kind: string) => batch.filter((m) => m.kind === kind).map(({ id }) => id);
      const items = await tx.findMany(actionItems, uid, idsOf('action_item'));
      const facts = await tx.findMany(memories, uid, idsOf('memory'));
      for (const { id } of items) {
        tx.patch(actionItems, uid, id, { conversationId: to });
        searchChanged(tx, uid, 'action_item', id, now);
      }
      for (const fact of facts) {
        const { id } = fact;
        tx.patch(memories, uid, id, withMovedSource(fact, from, to));
        searchChanged(tx, uid, 'memory', id, now);
      }
    });
  }
}

async function movePhotos(
  store: DocumentStore,
  uid: string,
  { from, to, isAt }: MovedParts,
): Promise<void> {
  const request = { query: 'ofConversation', filters: { conversationId: from } } as const;
  const ids: string[] = [];
  for await (const photo of queryAll(store, conversationPhotos, uid, request, 20)) {
    if (isAt(photo.createdAt)) ids.push(photo.id);
  }
  for (let i = 0; i < ids.length; i += PHOTOS_PER_COMMIT) {
    await store.transact(async (tx) => {
      const part = ids.slice(i, i + PHOTOS_PER_COMMIT);
      // An engine may store photos below their conversation, so a photo moves by being created anew.
      for (const photo of await tx.findMany(conversationPhotos, uid, part)) {
        tx.delete(conversationPhotos, uid, photo.id);
        tx.create(conversationPhotos, uid, { ...photo, conversationId: to });
      }
    });
  }
}

/** Copies each file before its record names the new place, and deletes the old file after that. */
async function moveRecordings(
  { store, blobs }: { store: DocumentStore; blobs: BlobStore },
  uid: string,
  { from, to, isAt }: MovedParts,
): Promise<void> {
  const found: Recording[] = [];
  const request = { query: 'ofConversation', filters: { conversationId: from } } as const;
  for await (const recording of queryAll(store, recordings, uid, request)) {
    if (isAt(recording.startedAt)) found.push(recording);
  }
  for (const { id, blobKey, startedAt, durationMs } of found) {
    const newKey = conversationFolder(uid, to) + posix.basename(blobKey);
    // A missing file must not stop the merge.
    const isThere = (await blobs.head(blobKey)) !== undefined;
    if (isThere) await blobs.put(newKey, (await blobs.get(blobKey, null)).body);
    await store.transact(async (tx) => {
      const source = await tx.find(conversations, uid, from);
      const target = await tx.find(conversations, uid, to);
      if (!(await tx.find(recordings, uid, id)) || !target) return;
      tx.patch(recordings, uid, id, { conversationId: to, blobKey: newKey });
      const others = target.audioFiles.filter((file) => file.id !== id);
      const audioFiles = [...others, { id, uid, startedAt, durationMs }];
      audioFiles.sort((a, b) => a.startedAt - b.startedAt);
      tx.patch(conversations, uid, to, { audioFiles });
      if (source) {
        const left = source.audioFiles.filter((file) => file.id !== id);
        tx.patch(conversations, uid, from, { audioFiles: left });
      }
    });
    if (isThere) await blobs.delete(blobKey);
  }
}
