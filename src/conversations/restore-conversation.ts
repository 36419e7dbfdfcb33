import type { BlobStore } from '../blob/blob-store.ts';
import {
  type DeletedDocument,
  documentsIn,
  documentsOf,
  putBack,
} from '../deletions/deleted-documents.ts';
import type { DeletionHandler, KeptDeletions } from '../deletions/deletions.ts';
import { AppError } from '../kernel/errors.ts';
import { planSourceRemoval } from '../memories/conversation-memories.ts';
import { planMemories } from '../memories/restore-memory.ts';
import { type CollectionDefinition, GLOBAL } from '../model/collection.ts';
import {
  conversations,
  liveSegments,
  transcriptChunks,
} from '../model/conversations/conversation.ts';
import { conversationPhotos } from '../model/conversations/conversation-photo.ts';
import { conversationRatings } from '../model/conversations/conversation-rating.ts';
import { importPrints } from '../model/conversations/import-print.ts';
import { recordings } from '../model/conversations/recording.ts';
import { sharedConversations } from '../model/conversations/shared-conversation.ts';
import {
  transcriptVersionChunks,
  transcriptVersions,
} from '../model/conversations/transcript-version.ts';
import { memories } from '../model/memory.ts';
import { conversationVoices } from '../model/people/conversation-voice.ts';
import { speakerCorrections } from '../model/people/speaker-correction.ts';
import { actionItems } from '../model/tasks/action-item.ts';
import { stagedTasks } from '../model/tasks/staged-task.ts';
import { searchChanged } from '../search/search-changed.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { planFolderMoves } from './folder-moves.ts';
import { conversationFolder } from './recording-keys.ts';

type Part = CollectionDefinition<{ id: string; conversationId: string | null }, 'ofConversation'>;

/** What belongs to a conversation alone and is found by it. */
const PARTS = [
  liveSegments,
  transcriptChunks,
  importPrints,
  conversationVoices,
  conversationPhotos,
  recordings,
  transcriptVersionChunks,
  transcriptVersions,
  stagedTasks,
] as unknown as readonly Part[];
/** What there is at most one of, under the conversation's own id. */
const COMPANIONS = [conversationRatings, speakerCorrections] as unknown as CollectionDefinition[];

/**
 * Keeps a conversation with everything that its deletion removes. Returns false if deletions are not kept
 * here, or there is no such conversation.
 */
export async function keepConversation(
  store: DocumentStore,
  deletions: KeptDeletions,
  uid: string,
  id: string,
  options: { cascade: boolean; now: number },
): Promise<boolean> {
  const conversation = await store.find(conversations, uid, id);
  if (!deletions.areKept || !conversation) return false;
  const documents: DeletedDocument[] = [];
  const filters = { conversationId: id };
  for (const part of PARTS) {
    for await (const document of queryAll(store, part, uid, { query: 'ofConversation', filters })) {
      documents.push({ collection: part.name, document });
    }
  }
  for (const collection of COMPANIONS) {
    documents.push(...documentsOf(collection, await store.findMany(collection, uid, [id])));
  }
  const shared = await store.find(sharedConversations, GLOBAL, id);
  if (shared?.uid === uid) documents.push(...documentsOf(sharedConversations, [shared]));
  if (options.cascade) documents.push(...(await extractedOf(store, uid, id, options.now)));
  documents.push(...documentsOf(conversations, [conversation]));
  await deletions.keep(uid, 'conversation', id, documents);
  return true;
}

/** Tasks of a conversation, and the memories that its deletion deletes or changes. */
async function extractedOf(
  store: DocumentStore,
  uid: string,
  id: string,
  now: number,
): Promise<DeletedDocument[]> {
  const filters = { conversationId: id };
  const tasks = [];
  for await (const task of queryAll(store, actionItems, uid, { query: 'recent', filters })) {
    tasks.push(task);
  }
  const plan = await planSourceRemoval(store, uid, id, now);
  const ids = new Set([...plan.put.map((memory) => memory.id), ...plan.deleteIds]);
  const own = queryAll(store, memories, uid, { query: 'ofConversation', filters });
  for await (const { id: memory, replaces } of own) {
    for (const one of [memory, ...replaces]) ids.add(one);
  }
  const facts = await store.findMany(memories, uid, [...ids]);
  return [...documentsOf(actionItems, tasks), ...documentsOf(memories, facts)];
}

/** Brings back a conversation with everything that went with it, or erases its audio. */
export function conversationDeletions(blobs: BlobStore): DeletionHandler {
  return {
    parts: new Set([...PARTS, ...COMPANIONS].map(({ name }) => name)),
    async planRestore(tx, uid, { subjectId: id, deletedAt }, documents, now) {
      if (await tx.find(conversations, uid, id)) {
        throw new AppError('already-exists', 'The conversation is there again.');
      }
      const [conversation] = documentsIn(conversations, documents);
      if (!conversation) throw new AppError('internal', 'The kept conversation is not whole.');
      const moves = await planFolderMoves(tx, uid, [conversation.folderId], now);
      const writeMemories = await planMemories(tx, uid, documents, { deletedAt, now });
      const others = documents.filter(({ collection }) => collection === sharedConversations.name);
      return () => {
        tx.put(conversations, uid, { ...conversation, updatedAt: now });
        moves.count(null, conversation.folderId);
        moves.writeCounts();
        searchChanged(tx, uid, 'conversation', id, now);
        for (const document of others) putBack(tx, uid, document);
        for (const task of documentsIn(actionItems, documents)) {
          tx.put(actionItems, uid, task);
          searchChanged(tx, uid, 'action_item', task.id, now);
        }
        writeMemories();
      };
    },
    eraseFiles: (uid, id) => blobs.deletePrefix(conversationFolder(uid, id)),
  };
}
