import { planSourceRemoval, writeConversationMemories } from '../memories/conversation-memories.ts';
import type { CollectionDefinition } from '../model/collection.ts';
import { GLOBAL } from '../model/collection.ts';
import {
  conversations,
  liveSegments,
  transcriptChunks,
} from '../model/conversations/conversation.ts';
import { conversationPhotos } from '../model/conversations/conversation-photo.ts';
import { conversationRatings } from '../model/conversations/conversation-rating.ts';
import { importPrints } from '../model/conversations/import-print.ts';
import { listenSessions } from '../model/conversations/listen-session.ts';
import { sharedConversations } from '../model/conversations/shared-conversation.ts';
import { type Memory, memories } from '../model/memory.ts';
import { conversationVoices } from '../model/people/conversation-voice.ts';
import { speakerCorrections } from '../model/people/speaker-correction.ts';
import type { SearchChange } from '../model/search-change.ts';
import { actionItems } from '../model/tasks/action-item.ts';
import { stagedTasks } from '../model/tasks/staged-task.ts';
import { searchChanged } from '../search/search-changed.ts';
import type { DocumentStore, Transaction } from '../store/document-store.ts';
import { planFolderMoves } from './folder-moves.ts';

/** Documents deleted in one commit: below the 500 writes that Firestore takes, changes included. */
const DELETED_PER_COMMIT = 200;
const PHOTOS_PER_COMMIT = 20;

/**
 * Deletes a conversation with its transcript, live segments, photos, voices, suggested tasks, public link and listen
 * sessions, and with `cascade` its memories and action items too. What belongs to it goes first and the
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
      const plan = await planSourceRemoval(tx, uid, id, options.now);
      writeConversationMemories(tx, uid, plan);
    });
  }
  let complete = false;
  while (!complete) {
    complete = await store.transact((tx) => deleteSome(tx, uid, id, options));
  }
}

/** Deletes as much as one commit takes; returns true once the conversation itself is deleted. */
async function deleteSome(
  tx: Transaction,
  uid: string,
  id: string,
  options: { cascade: boolean; now: number },
): Promise<boolean> {
  const { cascade, now } = options;
  const conversation = await tx.find(conversations, uid, id);
  const shared = await tx.find(sharedConversations, GLOBAL, id);
  const moves = await planFolderMoves(tx, uid, [conversation?.folderId ?? null], now);
  const parts = await readParts(tx, uid, id);
  const extracted = cascade ? await readExtracted(tx, uid, id) : NOTHING_EXTRACTED;
  const entries = [...parts.entries, ...extracted.entries];
  for (const entry of entries.slice(0, DELETED_PER_COMMIT)) {
    entry.delete();
    if (entry.kind) searchChanged(tx, uid, entry.kind, entry.id, now);
  }
  for (const memory of extracted.revived) {
    tx.patch(memories, uid, memory.id, { replacedBy: null, validTo: null });
    searchChanged(tx, uid, 'memory', memory.id, now);
  }
  if (entries.length >= DELETED_PER_COMMIT || parts.hasMorePhotos) return false;
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

/** A document that is to be deleted. */
interface Entry {
  id: string;
  /** What the search index knows it as, null if it does not. */
  kind: SearchChange['kind'] | null;
  delete: () => void;
}

function entriesOf<T extends { id: string }>(
  tx: Transaction,
  uid: string,
  collection: CollectionDefinition<T>,
  items: readonly T[],
  kind: SearchChange['kind'] | null,
): Entry[] {
  return items.map(({ id }) => ({ id, kind, delete: () => tx.delete(collection, uid, id) }));
}

/** Reads what belongs to a conversation alone. */
async function readParts(
  tx: Transaction,
  uid: string,
  id: string,
): Promise<{ entries: Entry[]; hasMorePhotos: boolean }> {
  const request = {
    query: 'ofConversation',
    filters: { conversationId: id },
    limit: DELETED_PER_COMMIT,
  } as const;
  const live = await tx.query(liveSegments, uid, request);
  const chunks = await tx.query(transcriptChunks, uid, request);
  const prints = await tx.query(importPrints, uid, request);
  const suggested = await tx.query(stagedTasks, uid, request);
  const voices = await tx.query(conversationVoices, uid, request);
  // Few of them fill a commit: a document of photos is as large as one may be.
  const photos = await tx.query(conversationPhotos, uid, { ...request, limit: PHOTOS_PER_COMMIT });
  const rating = await tx.find(conversationRatings, uid, id);
  const sessions = await tx.query(listenSessions, uid, request);
  // A session that is connected, or that also recorded another conversation, is still needed.
  const own = sessions.items.filter(
    (s) => s.state === 'draining' && s.spans.every((span) => span.conversationId === id),
  );
  return {
    entries: [
      ...entriesOf(tx, uid, liveSegments, live.items, null),
      ...entriesOf(tx, uid, transcriptChunks, chunks.items, null),
      ...entriesOf(tx, uid, importPrints, prints.items, null),
      ...entriesOf(tx, uid, stagedTasks, suggested.items, null),
      ...entriesOf(tx, uid, conversationVoices, voices.items, null),
      ...entriesOf(tx, uid, conversationPhotos, photos.items, null),
      ...entriesOf(tx, uid, conversationRatings, rating ? [rating] : [], null),
      ...entriesOf(tx, uid, listenSessions, own, null),
    ],
    hasMorePhotos: photos.items.length >= PHOTOS_PER_COMMIT,
  };
}

const NOTHING_EXTRACTED: { entries: Entry[]; revived: Memory[] } = { entries: [], revived: [] };

/** Reads memories and tasks of a conversation, and the facts that are true again without them. */
async function readExtracted(
  tx: Transaction,
  uid: string,
  id: string,
): Promise<{ entries: Entry[]; revived: Memory[] }> {
  const filters = { conversationId: id };
  const limit = DELETED_PER_COMMIT;
  const facts = await tx.query(memories, uid, { query: 'ofConversation', filters, limit });
  const revived = await factsReplacedBy(tx, uid, facts.items);
  const tasks = await tx.query(actionItems, uid, { query: 'recent', filters, limit });
  return {
    entries: [
      ...entriesOf(tx, uid, memories, facts.items, 'memory'),
      ...entriesOf(tx, uid, actionItems, tasks.items, 'action_item'),
    ],
    revived,
  };
}

/** Returns the facts of other conversations that are true again once these are deleted. */
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
