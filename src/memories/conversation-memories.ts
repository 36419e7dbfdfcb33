import { idFromText } from '../kernel/ids.ts';
import { isSaidIn, type Memory, type MemorySource, memories, sourcesOf } from '../model/memory.ts';
import { searchChanged } from '../search/search-changed.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader, DocumentWriter } from '../store/document-store.ts';
import { FactChain, type Talk } from './fact-chain.ts';

/** A fact that processing found in a conversation, with the segments that it came from. */
export interface ClaimedMemory {
  content: string;
  category: 'interesting' | 'system';
  segmentIds: readonly string[];
  /** Ids of memories that it says are no longer true; a guess of the engine. */
  replaces: readonly string[];
}

/** What `writeConversationMemories` will do; made by `planConversationMemories`. */
export interface ConversationMemoriesPlan {
  put: readonly Memory[];
  deleteIds: readonly string[];
  now: number;
}

/** Memories that a claim is compared with, at most; the newest ones. */
const MAX_COMPARED = 1_000;

/**
 * Reads what stands and plans how the claims replace it.
 *
 * - The conversation's memories that are not claimed any more go, unless another talk says the same
 *   or the user has edited, reviewed or added them; a fact that such a one had replaced is true again.
 * - What is claimed is written under the id of its content. A fact that is there already, in these or
 *   nearly these words, gets this talk as one more source; one of the user's own is left untouched.
 * - A claim that contradicts an older fact takes its place; the older one stays as history. Where the
 *   conversation is older than the fact that stands, the claim itself becomes history. What became
 *   history and is said again later is true again. What the user has written or confirmed is never
 *   replaced: both stand.
 *
 * Processing twice adds nothing. Only reads: a transaction calls it before its first write.
 */
export async function planConversationMemories(
  reader: DocumentReader,
  uid: string,
  talk: Talk,
  claims: readonly ClaimedMemory[],
  now: number,
): Promise<ConversationMemoriesPlan> {
  const known = await memoriesToCompare(reader, uid, talk.id);
  const own = [...known.values()].filter((memory) => isSaidIn(memory, talk.id));
  // With their neighbours in the chain, which may be older than all that was compared.
  const chained = own.flatMap(({ replaces, replacedBy }) => [...replaces, replacedBy ?? []].flat());
  const ids = [...chained, ...claims.map((claim) => idFromText(claim.content))];
  const missing = [...new Set(ids)].filter((id) => !known.has(id));
  for (const memory of await reader.findMany(memories, uid, missing)) known.set(memory.id, memory);
  return { ...new FactChain(uid, talk, known, now).rewrite(claims), now };
}

/**
 * Plans that a conversation says nothing any more: what no other one says goes, except for the user's
 * own. Reads only.
 */
export async function planUnsaying(
  reader: DocumentReader,
  uid: string,
  conversationId: string,
  now: number,
): Promise<ConversationMemoriesPlan> {
  const talk = { id: conversationId, isLocked: false, startedAt: null, createdAt: now };
  return await planConversationMemories(reader, uid, talk, [], now);
}

/** The facts that a conversation says, alone or with others. */
export async function findMemoriesSaidIn(
  reader: DocumentReader,
  uid: string,
  conversationId: string,
): Promise<Memory[]> {
  const known = await memoriesToCompare(reader, uid, conversationId);
  return [...known.values()].filter((memory) => isSaidIn(memory, conversationId));
}

/** The fields of a memory that say where it was said, one talk having become part of another. */
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

/** The newest memories, and all that the conversation is the first source of. */
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

/** Writes a plan, with what tells the search index; part of the caller's transaction. */
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
