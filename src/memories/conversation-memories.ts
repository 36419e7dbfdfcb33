import { idFromText } from '../kernel/ids.ts';
import { type Memory, makeMemory, memories } from '../model/memory.ts';
import { makeSearchChange, searchChanges } from '../model/search-change.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader, DocumentWriter } from '../store/document-store.ts';

/** A fact that processing found in a conversation, with the segments that it came from. */
export interface ClaimedMemory {
  content: string;
  category: 'interesting' | 'system';
  segmentIds: readonly string[];
}

/** What `writeConversationMemories` will do; made by `planConversationMemories`. */
export interface ConversationMemoriesPlan {
  put: readonly Memory[];
  deleteIds: readonly string[];
  now: number;
}

/**
 * Reads what stands and plans how the claims replace it: the conversation's memories that are not
 * claimed any more go, unless the user has edited, reviewed or added them; what is claimed is
 * written under the id of its content. A fact that is there already, from the user or another
 * conversation, is left untouched, so that processing twice adds nothing. Only reads: a transaction
 * calls it before its first write.
 */
export async function planConversationMemories(
  reader: DocumentReader,
  uid: string,
  conversation: { id: string; isLocked: boolean },
  claims: readonly ClaimedMemory[],
  now: number,
): Promise<ConversationMemoriesPlan> {
  const claimed = new Map<string, ClaimedMemory>();
  for (const claim of claims) {
    const id = idFromText(claim.content);
    if (!claimed.has(id)) claimed.set(id, claim);
  }
  const filters = { conversationId: conversation.id };
  const deleteIds: string[] = [];
  for await (const old of queryAll(reader, memories, uid, { query: 'ofConversation', filters })) {
    if (!claimed.has(old.id) && !isUsersOwn(old)) deleteIds.push(old.id);
  }
  const found = await reader.findMany(memories, uid, [...claimed.keys()]);
  const existing = new Map(found.map((memory) => [memory.id, memory]));
  const put: Memory[] = [];
  for (const [id, { content, category, segmentIds }] of claimed) {
    const old = existing.get(id);
    if (!old) {
      const { isLocked } = conversation;
      const source = { conversationId: conversation.id, segmentIds: [...segmentIds], isLocked };
      put.push(makeMemory({ uid, content, category, createdAt: now, ...source }));
    } else if (old.conversationId === conversation.id && !isUsersOwn(old)) {
      put.push({ ...old, segmentIds: [...segmentIds] });
    }
  }
  return { put, deleteIds, now };
}

/** Writes a plan, with what tells the search index; part of the caller's transaction. */
export function writeConversationMemories(
  writer: DocumentWriter,
  uid: string,
  plan: ConversationMemoriesPlan,
): void {
  for (const memory of plan.put) writer.put(memories, uid, memory);
  for (const id of plan.deleteIds) writer.delete(memories, uid, id);
  for (const id of [...plan.put.map((memory) => memory.id), ...plan.deleteIds]) {
    writer.put(searchChanges, uid, makeSearchChange('memory', id, plan.now));
  }
}

function isUsersOwn(memory: Memory): boolean {
  return memory.edited || memory.manuallyAdded || memory.userReview !== null;
}
