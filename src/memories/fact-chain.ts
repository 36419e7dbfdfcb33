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
import { contradict } from './fact-slots.ts';

/** What of a conversation a fact chain has to know. */
export interface Talk {
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
}

/** Talks remembered for a fact; with more, the newest are kept beside the first. */
const MAX_SOURCES = 30;

/**
 * What is known about a user, in memory, and how one talk changes it. Facts that contradict each
 * other form a chain: the one said last is current and names those whose place it has taken.
 */
export class FactChain {
  readonly #uid: string;
  readonly #talk: Talk;
  readonly #known: Map<string, Memory>;
  readonly #now: number;
  readonly #put = new Map<string, Memory>();
  readonly #deleted = new Set<string>();

  /** `known` by id; it is changed. */
  constructor(uid: string, talk: Talk, known: Map<string, Memory>, now: number) {
    this.#uid = uid;
    this.#talk = talk;
    this.#known = known;
    this.#now = now;
  }

  /** Replaces what the talk had said by what it is found to say now; answers what to write. */
  rewrite(claims: readonly Claim[]): { put: Memory[]; deleteIds: string[] } {
    const kept = new Set(claims.map((claim) => this.#standsAs(claim)));
    for (const id of [...this.#known.keys()]) {
      const memory = this.#known.get(id);
      if (memory && !kept.has(id) && !isUsersOwn(memory)) this.#unsay(memory);
    }
    for (const claim of claims) this.#say(claim);
    return { put: [...this.#put.values()], deleteIds: [...this.#deleted] };
  }

  /** Id under which a claim is, or will be: that of its content, or of the same fact in other words. */
  #standsAs(claim: Claim): string {
    const id = idFromText(claim.content);
    if (this.#known.has(id)) return id;
    const same = [...this.#known.values()].filter((memory) =>
      isSameFact(memory.content, claim.content),
    );
    return (
      (same.find((memory) => isSaidIn(memory, this.#talk.id)) ?? same.find(isCurrent))?.id ?? id
    );
  }

  /** Takes the talk from a fact's sources; a fact that nobody says any more goes. */
  #unsay(memory: Memory): void {
    if (!isSaidIn(memory, this.#talk.id)) return;
    const left = sourcesOf(memory).filter(({ conversationId }) => conversationId !== this.#talk.id);
    if (left.length === 0) {
      this.#takeOut(memory);
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
    // Something that it has replaced may have been said after the talks that are left.
    this.#takeOut(memory);
    this.#settle(shorter, []);
  }

  #say(claim: Claim): void {
    const source: MemorySource = {
      conversationId: this.#talk.id,
      segmentIds: [...claim.segmentIds],
      saidAt: this.#talk.startedAt ?? this.#talk.createdAt,
    };
    const known = this.#known.get(this.#standsAs(claim));
    if (known) {
      // What comes from no talk, the user's own above all, needs none to stand.
      if (known.conversationId !== null && !isUsersOwn(known)) this.#sayAgain(known, source);
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
      isLocked: this.#talk.isLocked,
      saidIn: [source],
    });
    this.#settle(fresh, claim.replaces);
  }

  #sayAgain(memory: Memory, source: MemorySource): void {
    const sources = sourcesOf(memory);
    const at = sources.findIndex(({ conversationId }) => conversationId === source.conversationId);
    const head = this.#headOf(memory);
    const isBack = head !== memory && head && !isUsersOwn(head) && source.saidAt > lastSaid(head);
    if (isBack) {
      const others = sources.filter((_, index) => index !== at);
      this.#takeOut(memory);
      this.#settle(withSources(memory, [source, ...others]), [head.id]);
      return;
    }
    const said = at < 0 ? [...sources, source] : sources.with(at, source);
    this.#store(withSources(memory, said));
  }

  /** The fact that holds in place of this one, itself where it holds; undefined where it is not known. */
  #headOf(memory: Memory): Memory | undefined {
    const passed = new Set<string>();
    let head: Memory | undefined = memory;
    while (head && head.replacedBy !== null && !passed.has(head.id)) {
      passed.add(head.id);
      head = this.#known.get(head.replacedBy);
    }
    return head;
  }

  /** Puts a fact among those that it contradicts: in front of older ones, behind newer ones. */
  #settle(fact: Memory, meant: readonly string[]): void {
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
   * Takes a fact out of its chain. What it had replaced takes its place; of facts that contradict each
   * other the newest does, and the others stand behind that one.
   */
  #takeOut(old: Memory): void {
    this.#known.delete(old.id);
    const before = old.replaces
      .flatMap((id) => this.#known.get(id) ?? [])
      .filter((memory) => memory.replacedBy === old.id)
      .sort((a, b) => lastSaid(b) - lastSaid(a));
    const heirs: Memory[] = [];
    for (const memory of before) {
      const heir = heirs.find((one) => contradict(one.content, memory.content));
      if (heir) {
        heir.replaces = [...new Set([...heir.replaces, memory.id])];
        this.#store({ ...memory, replacedBy: heir.id });
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
  }

  /** Notes a fact as written, from when on it was true, and until when those were that it replaced. */
  #store(memory: Memory): void {
    const replaced = memory.replaces
      .flatMap((id) => this.#known.get(id) ?? [])
      .filter(({ replacedBy }) => replacedBy === memory.id);
    const validFrom = firstSaidAfter(memory, Math.max(...replaced.map(lastSaid)));
    const dated = { ...memory, validFrom };
    this.#note(dated);
    for (const other of replaced) {
      if (other.validTo !== validFrom) this.#note({ ...other, validTo: validFrom });
    }
  }

  #note(memory: Memory): void {
    this.#known.set(memory.id, memory);
    this.#deleted.delete(memory.id);
    this.#put.set(memory.id, memory);
  }
}

/** What the user has written, changed or confirmed. */
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

/** When a fact was first said after something that it has replaced was; `after` may be −∞. */
function firstSaidAfter(memory: Memory, after: number): number {
  const times = sourcesOf(memory).flatMap(({ saidAt }) => (saidAt > after ? [saidAt] : []));
  return times.length === 0 ? since(memory) : Math.min(...times);
}
