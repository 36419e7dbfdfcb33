import type { SearchMetadata } from '../../model/conversations/conversation.ts';
import { contentWordsOf } from '../../text/word-classes.ts';
import { WordSet } from '../../text/word-set.ts';
import type { ActionItemClaim, EventClaim, MemoryClaim } from '../understanding-engine.ts';
import type { Claims } from './read-answer.ts';

/** Share of the content words of two texts that are the same for them to say the same. */
const SAME_TEXT = 0.75;
/** Memories of one conversation, at most; the first ones stay. */
const MAX_MEMORIES = 50;
/** Entries of each list of search metadata of a long conversation. */
const MAX_TERMS = 40;

/** The claims of all parts as one list each, what is said twice once, with all its sources. */
export function mergeClaims(parts: readonly Claims[]): Claims {
  return {
    actionItems: unique(
      parts.flatMap((part) => part.actionItems),
      sameItem,
      joinItems,
    ),
    events: unique(
      parts.flatMap((part) => part.events),
      sameEvent,
      joinSources,
    ),
    memories: unique(
      parts.flatMap((part) => part.memories),
      sameMemory,
      joinMemories,
    ).slice(0, MAX_MEMORIES),
    metadata: {
      people: joined(parts, 'people'),
      topics: joined(parts, 'topics'),
      entities: joined(parts, 'entities'),
      dates: joined(parts, 'dates').sort(),
    },
  };
}

function unique<T>(
  claims: readonly T[],
  same: (a: T, b: T) => boolean,
  join: (a: T, b: T) => T,
): T[] {
  const out: T[] = [];
  for (const claim of claims) {
    const index = out.findIndex((kept) => same(kept, claim));
    const kept = out[index];
    if (kept === undefined) out.push(claim);
    else out[index] = join(kept, claim);
  }
  return out;
}

/** Another person or another deadline makes another task. */
function sameItem(a: ActionItemClaim, b: ActionItemClaim): boolean {
  return (
    compatible(a.owner, b.owner) &&
    compatible(a.dueAt, b.dueAt) &&
    sameText(a.description, b.description)
  );
}

function sameEvent(a: EventClaim, b: EventClaim): boolean {
  return a.start === b.start && sameText(a.title, b.title);
}

function sameMemory(a: MemoryClaim, b: MemoryClaim): boolean {
  return sameText(a.content, b.content);
}

function joinItems(a: ActionItemClaim, b: ActionItemClaim): ActionItemClaim {
  return { ...joinSources(a, b), owner: a.owner ?? b.owner, dueAt: a.dueAt ?? b.dueAt };
}

function joinMemories(a: MemoryClaim, b: MemoryClaim): MemoryClaim {
  const replaces = [...new Set([...a.replaces, ...b.replaces])];
  return { ...joinSources(a, b), replaces, isSure: a.isSure || b.isSure };
}

/** What the parts name, the most often named first, within bounds. */
function joined(parts: readonly Claims[], field: keyof SearchMetadata): string[] {
  const counts = new Map<string, { term: string; count: number }>();
  for (const term of parts.flatMap(({ metadata }) => metadata[field])) {
    const key = term.toLowerCase();
    const entry = counts.get(key) ?? { term, count: 0 };
    counts.set(key, { ...entry, count: entry.count + 1 });
  }
  return [...counts.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_TERMS)
    .map(({ term }) => term);
}

function joinSources<T extends { segmentIds: string[] }>(a: T, b: T): T {
  return { ...a, segmentIds: [...new Set([...a.segmentIds, ...b.segmentIds])] };
}

function compatible<T>(a: T | null, b: T | null): boolean {
  return a === null || b === null || a === b;
}

function sameText(a: string, b: string): boolean {
  const [wordsA, wordsB] = [contentWordsOf(a), contentWordsOf(b)];
  const shared = (words: string[], other: string[]) => {
    const set = new WordSet(other);
    return words.filter((word) => set.has(word)).length / Math.max(1, words.length);
  };
  if (wordsA.length === 0 || wordsB.length === 0) return a.toLowerCase() === b.toLowerCase();
  return Math.min(shared(wordsA, wordsB), shared(wordsB, wordsA)) >= SAME_TEXT;
}
