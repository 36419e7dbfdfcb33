import { planUnsaying, writeConversationMemories } from '../memories/conversation-memories.ts';
import { actionItems } from '../model/action-item.ts';
import type { CollectionDefinition } from '../model/collection.ts';
import { GLOBAL } from '../model/collection.ts';
import { conversations, liveSegments, transcriptChunks } from '../model/conversation.ts';
import { conversationPhotos } from '../model/conversation-photo.ts';
import { importPrints } from '../model/import-print.ts';
import { listenSessions } from '../model/listen-session.ts';
import { type Memory, memories } from '../model/memory.ts';
import type { SearchChange } from '../model/search-change.ts';
import { sharedConversations } from '../model/shared-conversation.ts';
import { speakerCorrections } from '../model/speaker-correction.ts';
import { searchChanged } from '../search/search-changed.ts';
import type { DocumentStore, Transaction } from '../store/document-store.ts';
import { planFolderMoves } from './folder-moves.ts';

/** Documents deleted in one commit: below the 500 writes that Firestore takes, changes included. */
const DELETED_PER_COMMIT = 200;
const PHOTOS_PER_COMMIT = 20;

/**
 * Deletes a conversation with its transcript, live segments, photos, public link and listen sessions, and
 * with `cascade` its memories and action items too. What belongs to it goes first and the
 * conversation last, so that a deletion that was interrupted can be asked for again. Deleting what
 * is absent is no error.
 */
export async function deleteConversation(
  store: DocumentStore,
  uid: string,
  id: string,
  options: { cascade: boolean; now: number },
): Promise<void> {
  if (options.cascade) {
    await store.transact(async (tx) => {
      const plan = await planUnsaying(tx, uid, id, options.now);
      writeConversationMemories(tx, uid, plan);
    });
  }
  let complete = false;
  while (!complete) {
    complete = await store.transact((tx) => deleteSome(tx, uid, id, options));
  }
}

/** Deletes up to one commit's worth; true once the conversation itself is gone. */
async function deleteSome(
  tx: Transaction,
  uid: string,
  id: string,
  options: { cascade: boolean; now: number },
): Promise<boolean> {
  const conversation = await tx.find(conversations, uid, id);
  const shared = await tx.find(sharedConversations, GLOBAL, id);
  const moves = await planFolderMoves(tx, uid, [conversation?.folderId ?? null], options.now);
  const filters = { conversationId: id };
  const limit = DELETED_PER_COMMIT;
  const batch: { delete: () => void; kind: SearchChange['kind'] | null; id: string }[] = [];
  const take = <T extends { id: string }>(
    collection: CollectionDefinition<T>,
    items: readonly T[],
    kind: SearchChange['kind'] | null,
  ) => {
    for (const item of items) {
      batch.push({ delete: () => tx.delete(collection, uid, item.id), kind, id: item.id });
    }
  };
  const live = await tx.query(liveSegments, uid, { query: 'ofConversation', filters, limit });
  take(liveSegments, live.items, null);
  const chunks = await tx.query(transcriptChunks, uid, { query: 'ofConversation', filters, limit });
  take(transcriptChunks, chunks.items, null);
  const prints = await tx.query(importPrints, uid, { query: 'ofConversation', filters, limit });
  take(importPrints, prints.items, null);
  // Few of them fill a commit: a document of photos is as large as one may be.
  const photos = await tx.query(conversationPhotos, uid, {
    query: 'ofConversation',
    filters,
    limit: PHOTOS_PER_COMMIT,
  });
  take(conversationPhotos, photos.items, null);
  const sessions = await tx.query(listenSessions, uid, { query: 'ofConversation', filters, limit });
  // A session that is connected, or that also recorded another conversation, is still needed.
  const own = sessions.items.filter(
    (s) => s.state === 'draining' && s.spans.every((span) => span.conversationId === id),
  );
  take(listenSessions, own, null);
  let revived: Memory[] = [];
  if (options.cascade) {
    const facts = await tx.query(memories, uid, { query: 'ofConversation', filters, limit });
    revived = await factsReplacedBy(tx, uid, facts.items);
    take(memories, facts.items, 'memory');
    const tasks = await tx.query(actionItems, uid, { query: 'recent', filters, limit });
    take(actionItems, tasks.items, 'action_item');
  }
  const now = options.now;
  for (const entry of batch.slice(0, limit)) {
    entry.delete();
    if (entry.kind) searchChanged(tx, uid, entry.kind, entry.id, now);
  }
  for (const memory of revived) {
    tx.patch(memories, uid, memory.id, { replacedBy: null, validTo: null });
    searchChanged(tx, uid, 'memory', memory.id, now);
  }
  if (batch.length >= limit || photos.items.length >= PHOTOS_PER_COMMIT) return false;
  if (shared?.uid === uid) tx.delete(sharedConversations, GLOBAL, id);
  if (conversation) {
    tx.delete(speakerCorrections, uid, id);
    tx.delete(conversations, uid, id);
    moves.count(conversation.folderId, null);
    moves.writeCounts();
    searchChanged(tx, uid, 'conversation', id, now);
  }
  return true;
}

/** Facts of other conversations that are true again once these are gone. */
async function factsReplacedBy(
  tx: Transaction,
  uid: string,
  gone: readonly Memory[],
): Promise<Memory[]> {
  const ids = new Set(gone.map(({ id }) => id));
  const replaced = gone.flatMap(({ replaces }) => replaces).filter((id) => !ids.has(id));
  const found = await tx.findMany(memories, uid, [...new Set(replaced)]);
  return found.filter(({ replacedBy }) => replacedBy !== null && ids.has(replacedBy));
}
