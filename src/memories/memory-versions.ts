import { idFromText } from '../kernel/ids.ts';
import {
  isCurrent,
  isSaidIn,
  type Memory,
  type MemorySource,
  makeMemory,
  since,
  sourcesOf,
} from '../model/memory.ts';
import { isSameFact } from './fact-similarity.ts';
import { contradict } from './single-value-facts.ts';

/** The conversation whose facts are written. */
export interface SourceConversation {
  id: string;
  isLocked: boolean;
  startedAt: number | null;
  createdAt: number;
}

interface Claim {
  content: string;
  category: Memory['category'];
  segmentIds: readonly string[];
  /** Ids of memories that it says are no longer true. */
  replaces: readonly string[];
  /** False for what is only likely: the memory waits for a review. */
  isSure: boolean;
}

/** Sources kept for a fact: the first one and the newest. */
const MAX_SOURCES = 30;

/**
 * Everything known about a user, in memory, and how one conversation changes it. Facts that contradict
 * each other are versions of one fact: the one said last is current and lists those that it replaced.
 */
export class MemoryVersions {
  readonly #uid: string;
  readonly #conversation: SourceConversation;
  readonly #known: Map<string, Memory>;
  readonly #now: number;
  readonly #put = new Map<string, Memory>();
  readonly #deleted = new Set<string>();

  /** @param known by id; the map is changed */
  constructor(
    uid: string,
    conversation: SourceConversation,
    known: Map<string, Memory>,
    now: number,
  ) {
    this.#uid = uid;
    this.#conversation = conversation;
    this.#known = known;
    this.#now = now;
  }

  /** Replaces the conversation's facts by the claims. Returns what to write. */
  rewrite(claims: readonly Claim[]): { put: Memory[]; deleteIds: string[] } {
    const kept = new Set(claims.map((claim) => this.#idOf(claim)));
    for (const id of [...this.#known.keys()]) {
      const memory = this.#known.get(id);
      if (memory && !kept.has(id) && !isUsersOwn(memory)) this.#removeSource(memory);
    }
    for (const claim of claims) this.#add(claim);
    return { put: [...this.#put.values()], deleteIds: [...this.#deleted] };
  }

  /** Returns the id of a claim: that of the same fact if it is known, else one made of its content. */
  #idOf(claim: Claim): string {
    const id = idFromText(claim.content);
    if (this.#known.has(id)) return id;
    const same = [...this.#known.values()].filter((memory) =>
      isSameFact(memory.content, claim.content),
    );
    return (
      (same.find((memory) => isSaidIn(memory, this.#conversation.id)) ?? same.find(isCurrent))
        ?.id ?? id
    );
  }

  /** Removes the conversation from a fact's sources. A fact without a source is deleted. */
  #removeSource(memory: Memory): void {
    if (!isSaidIn(memory, this.#conversation.id)) return;
    const left = sourcesOf(memory).filter(
      ({ conversationId }) => conversationId !== this.#conversation.id,
    );
    if (left.length === 0) {
      this.#detach(memory);
      this.#known.delete(memory.id);
      this.#put.delete(memory.id);
      this.#deleted.add(memory.id);
      return;
    }
    const shorter = withSources(memory, left);
    if (!isCurrent(memory) || lastSaid(shorter) === lastSaid(memory)) {
      this.#store(shorter);
      return;
    }
    // A fact that this one replaced may have been said after the sources that are left.
    this.#detach(memory);
    this.#supersede(shorter, []);
  }

  #add(claim: Claim): void {
    const source: MemorySource = {
      conversationId: this.#conversation.id,
      segmentIds: [...claim.segmentIds],
      saidAt: this.#conversation.startedAt ?? this.#conversation.createdAt,
    };
    const known = this.#known.get(this.#idOf(claim));
    if (known) {
      // A fact that comes from no conversation, such as the user's own, needs no source.
      if (known.conversationId !== null && !isUsersOwn(known)) {
        this.#addSource({ ...known, reviewed: known.reviewed || claim.isSure }, source);
      }
      return;
    }
    const { segmentIds, conversationId } = source;
    const fresh = makeMemory({
      uid: this.#uid,
      content: claim.content,
      category: claim.category,
      createdAt: this.#now,
      conversationId,
      segmentIds,
      isLocked: this.#conversation.isLocked,
      saidIn: [source],
      reviewed: claim.isSure,
    });
    this.#supersede(fresh, claim.replaces);
  }

  #addSource(memory: Memory, source: MemorySource): void {
    const sources = sourcesOf(memory);
    const at = sources.findIndex(({ conversationId }) => conversationId === source.conversationId);
    const head = this.#currentOf(memory);
    const isBack = head !== memory && head && !isUsersOwn(head) && source.saidAt > lastSaid(head);
    if (isBack) {
      const others = sources.filter((_, index) => index !== at);
      this.#detach(memory);
      this.#supersede(withSources(memory, [source, ...others]), [head.id]);
      return;
    }
    const said = at < 0 ? [...sources, source] : sources.with(at, source);
    this.#store(withSources(memory, said));
  }

  /** Returns the current version of a fact, which may be the fact itself; undefined if not known. */
  #currentOf(memory: Memory): Memory | undefined {
    const passed = new Set<string>();
    let head: Memory | undefined = memory;
    while (head && head.replacedBy !== null && !passed.has(head.id)) {
      passed.add(head.id);
      head = this.#known.get(head.replacedBy);
    }
    return head;
  }

  /** Inserts a fact among the versions that it contradicts: it replaces older ones, newer ones replace it. */
  #supersede(fact: Memory, meant: readonly string[]): void {
    let settled: Memory = { ...fact, validTo: null, replacedBy: null, replaces: [] };
    const newer: Memory[] = [];
    for (const other of this.#known.values()) {
      if (other.id === fact.id || !isCurrent(other) || isUsersOwn(other)) continue;
      if (!meant.includes(other.id) && !contradict(other.content, fact.content)) continue;
      if (lastSaid(other) > lastSaid(fact)) {
        settled = { ...settled, replacedBy: other.id };
        newer.push(other);
      } else {
        settled = { ...settled, replaces: [...settled.replaces, other.id] };
        this.#store({ ...other, replacedBy: fact.id });
      }
    }
    this.#store(settled);
    for (const other of newer) {
      this.#store({ ...other, replaces: [...new Set([...other.replaces, fact.id])] });
    }
  }

  /**
   * Removes a fact from its versions. The facts that it had replaced are its successors; if some of
   * these contradict each other, the newest of them replaces the others.
   */
  #detach(old: Memory): void {
    this.#known.delete(old.id);
    const before = old.replaces
      .flatMap((id) => this.#known.get(id) ?? [])
      .filter((memory) => memory.replacedBy === old.id)
      .sort((a, b) => lastSaid(b) - lastSaid(a));
    const successors: Memory[] = [];
    for (const memory of before) {
      const successor = successors.find((one) => contradict(one.content, memory.content));
      if (successor) {
        successor.replaces = [...new Set([...successor.replaces, memory.id])];
        this.#store({ ...memory, replacedBy: successor.id });
      } else {
        successors.push({ ...memory, replacedBy: old.replacedBy, validTo: old.validTo });
      }
    }
    for (const successor of successors) this.#store(successor);
    const after = old.replacedBy === null ? undefined : this.#known.get(old.replacedBy);
    if (after) {
      const replaces = after.replaces.filter((id) => id !== old.id);
      const ids = successors.map(({ id }) => id);
      this.#store({ ...after, replaces: [...new Set([...replaces, ...ids])] });
    }
  }

  /** Writes a fact with the time from which it is true, and ends the facts that it replaced at that time. */
  #store(memory: Memory): void {
    const replaced = memory.replaces
      .flatMap((id) => this.#known.get(id) ?? [])
      .filter(({ replacedBy }) => replacedBy === memory.id);
    const validFrom = firstSaidAfter(memory, Math.max(...replaced.map(lastSaid)));
    const dated = { ...memory, validFrom };
    this.#write(dated);
    for (const other of replaced) {
      if (other.validTo !== validFrom) this.#write({ ...other, validTo: validFrom });
    }
  }

  #write(memory: Memory): void {
    this.#known.set(memory.id, memory);
    this.#deleted.delete(memory.id);
    this.#put.set(memory.id, memory);
  }
}

/** Returns true if the user has written, changed or confirmed a memory. */
export function isUsersOwn(memory: Memory): boolean {
  return memory.edited || memory.manuallyAdded || memory.userReview !== null;
}

function withSources(memory: Memory, sources: readonly MemorySource[]): Memory {
  const [first, ...others] = sources;
  if (!first) return memory;
  const newest = others.sort((a, b) => a.saidAt - b.saidAt).slice(-(MAX_SOURCES - 1));
  const { conversationId, segmentIds } = first;
  return { ...memory, conversationId, segmentIds, saidIn: [first, ...newest] };
}

function lastSaid(memory: Memory): number {
  const times = sourcesOf(memory).map(({ saidAt }) => saidAt);
  return times.length === 0 ? since(memory) : Math.max(...times);
}

/** Returns when a fact was first said after `after`, which may be −∞; epoch milliseconds. */
function firstSaidAfter(memory: Memory, after: number): number {
  const times = sourcesOf(memory).flatMap(({ saidAt }) => (saidAt > after ? [saidAt] : []));
  return times.length === 0 ? since(memory) : Math.min(...times);
}
