import { idFromText } from '../kernel/ids.ts';
import { isSaidIn, type Memory, type MemorySource, memories, sourcesOf } from '../model/memory.ts';
import { searchChanged } from '../search/search-changed.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader, DocumentWriter } from '../store/document-store.ts';
import { MemoryVersions, type SourceConversation } from './memory-versions.ts';

/** A fact that processing found in a conversation, with the segments that state it. */
export interface ClaimedMemory {
  content: string;
  category: 'interesting' | 'system';
  segmentIds: readonly string[];
  /** Ids of memories that it contradicts; a guess of the engine. */
  replaces: readonly string[];
  /** False for what is only likely: the memory waits for a review. */
  isSure: boolean;
}

/** What `planConversationMemories` has planned and `writeConversationMemories` writes. */
export interface ConversationMemoriesPlan {
  put: readonly Memory[];
  deleteIds: readonly string[];
  now: number;
}

/** A claim is compared with at most this many memories, the newest. */
const MAX_COMPARED = 1_000;

/**
 * Reads the conversation's memories and plans how the claims replace them.
 *
 * - Memories that are no longer claimed are deleted, unless another conversation states them or the
 *   user has edited, reviewed or added them. A fact that such a memory had replaced is current again.
 * - A claim is written under the id of its content. A fact that is known already, in the same or
 *   nearly the same words, gets the conversation as one more source. The user's own are not changed.
 * - A claim that contradicts an older fact replaces it; the older fact stays as history. If the
 *   conversation is older than the current fact, the claim becomes history. A fact in the history
 *   that is stated again later is current again. The user's own facts are never replaced: both stay.
 *
 * Processing twice adds nothing. It only reads, so a transaction calls it before its first write.
 */
export async function planConversationMemories(
  reader: DocumentReader,
  uid: string,
  conversation: SourceConversation,
  claims: readonly ClaimedMemory[],
  now: number,
): Promise<ConversationMemoriesPlan> {
  const known = await memoriesToCompare(reader, uid, conversation.id);
  const own = [...known.values()].filter((memory) => isSaidIn(memory, conversation.id));
  // Their other versions may be older than everything that is compared.
  const chained = own.flatMap(({ replaces, replacedBy }) => [...replaces, replacedBy ?? []].flat());
  const ids = [...chained, ...claims.map((claim) => idFromText(claim.content))];
  const missing = [...new Set(ids)].filter((id) => !known.has(id));
  for (const memory of await reader.findMany(memories, uid, missing)) known.set(memory.id, memory);
  return { ...new MemoryVersions(uid, conversation, known, now).rewrite(claims), now };
}

/**
 * Plans that a conversation states nothing any more: facts that no other one states are deleted,
 * except the user's own. Only reads.
 */
export async function planSourceRemoval(
  reader: DocumentReader,
  uid: string,
  conversationId: string,
  now: number,
): Promise<ConversationMemoriesPlan> {
  const conversation = { id: conversationId, isLocked: false, startedAt: null, createdAt: now };
  return await planConversationMemories(reader, uid, conversation, [], now);
}

/** Returns the facts that a conversation states, alone or with others. */
export async function findMemoriesSaidIn(
  reader: DocumentReader,
  uid: string,
  conversationId: string,
): Promise<Memory[]> {
  const known = await memoriesToCompare(reader, uid, conversationId);
  return [...known.values()].filter((memory) => isSaidIn(memory, conversationId));
}

/** Returns the source fields of a memory after conversation `from` has become part of `to`. */
export function withMovedSource(
  memory: Memory,
  from: string,
  to: string,
): Pick<Memory, 'conversationId' | 'saidIn'> {
  const saidIn = new Map<string, MemorySource>();
  for (const source of sourcesOf(memory)) {
    const conversationId = source.conversationId === from ? to : source.conversationId;
    const there = saidIn.get(conversationId);
    const segmentIds = [...new Set([...(there?.segmentIds ?? []), ...source.segmentIds])];
    saidIn.set(conversationId, { ...source, conversationId, segmentIds });
  }
  const conversationId = memory.conversationId === from ? to : memory.conversationId;
  return { conversationId, saidIn: [...saidIn.values()] };
}

/** Returns the newest memories, and all that have the conversation as their first source. */
async function memoriesToCompare(
  reader: DocumentReader,
  uid: string,
  conversationId: string,
): Promise<Map<string, Memory>> {
  const known = new Map<string, Memory>();
  for await (const memory of queryAll(reader, memories, uid, { query: 'recent' })) {
    known.set(memory.id, memory);
    if (known.size >= MAX_COMPARED) break;
  }
  const filters = { conversationId };
  for await (const own of queryAll(reader, memories, uid, { query: 'ofConversation', filters })) {
    known.set(own.id, own);
  }
  return known;
}

/** Writes a plan and announces the changes to the search index, in the caller's transaction. */
export function writeConversationMemories(
  writer: DocumentWriter,
  uid: string,
  plan: ConversationMemoriesPlan,
): void {
  for (const memory of plan.put) writer.put(memories, uid, memory);
  for (const id of plan.deleteIds) writer.delete(memories, uid, id);
  for (const id of [...plan.put.map((memory) => memory.id), ...plan.deleteIds]) {
    searchChanged(writer, uid, 'memory', id, plan.now);
  }
}
