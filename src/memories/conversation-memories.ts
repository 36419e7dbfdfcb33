import { idFromText } from '../kernel/ids.ts';
import { isCurrent, type Memory, makeMemory, memories } from '../model/memory.ts';
import { makeSearchChange, searchChanges } from '../model/search-change.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader, DocumentWriter } from '../store/document-store.ts';
import { isSameFact } from './fact-similarity.ts';
import { contradict } from './fact-slots.ts';

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
 * - The conversation's memories that are not claimed any more go, unless the user has edited, reviewed
 *   or added them; a fact that such a one had replaced is true again.
 * - What is claimed is written under the id of its content. A fact that is there already, in these or
 *   nearly these words, from the user or another conversation, is left untouched.
 * - A claim that contradicts an older fact takes its place; the older one stays as history. Where the
 *   conversation is older than the fact that stands, the claim itself becomes history. What the user
 *   has written or confirmed is never replaced: both stand.
 *
 * Processing twice adds nothing. Only reads: a transaction calls it before its first write.
 */
export async function planConversationMemories(
  reader: DocumentReader,
  uid: string,
  conversation: { id: string; isLocked: boolean; startedAt: number | null; createdAt: number },
  claims: readonly ClaimedMemory[],
  now: number,
): Promise<ConversationMemoriesPlan> {
  const known = new Map<string, Memory>();
  for await (const memory of queryAll(reader, memories, uid, { query: 'recent' })) {
    known.set(memory.id, memory);
    if (known.size >= MAX_COMPARED) break;
  }
  const filters = { conversationId: conversation.id };
  for await (const own of queryAll(reader, memories, uid, { query: 'ofConversation', filters })) {
    known.set(own.id, own);
  }
  for (const memory of await reader.findMany(
    memories,
    uid,
    claims.map((claim) => idFromText(claim.content)),
  )) {
    known.set(memory.id, memory);
  }
  return new Planner(uid, conversation, known, now).plan(claims);
}

class Planner {
  readonly #uid: string;
  readonly #conversation: { id: string; isLocked: boolean };
  /** When what is claimed was said. */
  readonly #saidAt: number;
  readonly #known: Map<string, Memory>;
  readonly #now: number;
  readonly #put = new Map<string, Memory>();
  readonly #deleted = new Set<string>();

  constructor(
    uid: string,
    conversation: { id: string; isLocked: boolean; startedAt: number | null; createdAt: number },
    known: Map<string, Memory>,
    now: number,
  ) {
    this.#uid = uid;
    this.#conversation = conversation;
    this.#saidAt = conversation.startedAt ?? conversation.createdAt;
    this.#known = known;
    this.#now = now;
  }

  plan(claims: readonly ClaimedMemory[]): ConversationMemoriesPlan {
    const kept = new Set(claims.map((claim) => this.#standsAs(claim)));
    for (const old of [...this.#known.values()]) {
      const isOurs = old.conversationId === this.#conversation.id;
      if (isOurs && !kept.has(old.id) && !isUsersOwn(old)) this.#remove(old);
    }
    for (const claim of claims) this.#take(claim);
    return { put: [...this.#put.values()], deleteIds: [...this.#deleted], now: this.#now };
  }

  /** Id under which a claim is, or will be: that of its content, or of the same fact of this talk. */
  #standsAs(claim: ClaimedMemory): string {
    const id = idFromText(claim.content);
    if (this.#known.has(id)) return id;
    const same = [...this.#known.values()].find(
      (memory) =>
        memory.conversationId === this.#conversation.id &&
        isSameFact(memory.content, claim.content),
    );
    return same?.id ?? id;
  }

  #take(claim: ClaimedMemory): void {
    const id = this.#standsAs(claim);
    const old = this.#known.get(id);
    if (old) {
      if (old.conversationId === this.#conversation.id && !isUsersOwn(old)) {
        this.#store({ ...old, segmentIds: [...claim.segmentIds] });
      }
      return;
    }
    const current = [...this.#known.values()].filter(isCurrent);
    if (current.some((memory) => isSameFact(memory.content, claim.content))) return;
    const { isLocked, id: conversationId } = this.#conversation;
    const fresh = makeMemory({
      uid: this.#uid,
      content: claim.content,
      category: claim.category,
      createdAt: this.#now,
      conversationId,
      segmentIds: [...claim.segmentIds],
      isLocked,
      validFrom: this.#saidAt,
    });
    this.#store(this.#settle(fresh, claim, current));
  }

  /** Puts a new fact among those that it contradicts: in front of older ones, behind newer ones. */
  #settle(fresh: Memory, claim: ClaimedMemory, current: readonly Memory[]): Memory {
    let settled = fresh;
    for (const other of current) {
      const isMeant = claim.replaces.includes(other.id) || contradict(other.content, fresh.content);
      if (!isMeant || isUsersOwn(other)) continue;
      if (since(other) > this.#saidAt) {
        settled = { ...settled, validTo: since(other), replacedBy: other.id };
        this.#store({ ...other, replaces: [...new Set([...other.replaces, fresh.id])] });
      } else {
        settled = { ...settled, replaces: [...new Set([...settled.replaces, other.id])] };
        this.#store({ ...other, validTo: this.#saidAt, replacedBy: fresh.id });
      }
    }
    return settled;
  }

  /**
   * Takes a fact out of its chain. What it had replaced takes its place; of facts that contradict each
   * other the newest does, and the others stand behind that one.
   */
  #remove(old: Memory): void {
    const before = old.replaces
      .flatMap((id) => this.#known.get(id) ?? [])
      .filter((memory) => memory.replacedBy === old.id)
      .sort((a, b) => since(b) - since(a));
    const heirs: Memory[] = [];
    for (const memory of before) {
      const heir = heirs.find((one) => contradict(one.content, memory.content));
      if (heir) {
        heir.replaces = [...new Set([...heir.replaces, memory.id])];
        this.#store({ ...memory, replacedBy: heir.id, validTo: since(heir) });
      } else {
        heirs.push({ ...memory, replacedBy: old.replacedBy, validTo: old.validTo });
      }
    }
    for (const heir of heirs) this.#store(heir);
    const after = old.replacedBy === null ? undefined : this.#known.get(old.replacedBy);
    if (after) {
      const replaces = after.replaces.filter((id) => id !== old.id);
      const ids = heirs.map(({ id }) => id);
      this.#store({ ...after, replaces: [...new Set([...replaces, ...ids])] });
    }
    this.#known.delete(old.id);
    this.#put.delete(old.id);
    this.#deleted.add(old.id);
  }

  #store(memory: Memory): void {
    this.#known.set(memory.id, memory);
    this.#deleted.delete(memory.id);
    this.#put.set(memory.id, memory);
  }
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

/** From when on a fact is known to be true. */
function since(memory: Memory): number {
  return memory.validFrom ?? memory.createdAt;
}

/** What the user has written, changed or confirmed. */
export function isUsersOwn(memory: Memory): boolean {
  return memory.edited || memory.manuallyAdded || memory.userReview !== null;
}
