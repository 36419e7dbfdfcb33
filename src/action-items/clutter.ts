import type { ActionItem } from '../model/tasks/action-item.ts';

/** Why an open task may be clutter; the names are those of Omi's clients. */
export const CLUTTER_KINDS = [
  'stale_age',
  'overdue',
  'semantic_dedup',
  'vague',
  'llm_relevance',
  'conversation_context',
] as const;
export type ClutterKind = (typeof CLUTTER_KINDS)[number];

export interface ClutterLimits {
  /** A task without a later due date is stale after this, days. */
  ageDays: number;
  /** A task is long overdue after this, days. */
  overdueDays: number;
  /** Part of the words that two tasks must share to be the same, 0.5 to 1. */
  similarity: number;
}

const DAY_MS = 86_400_000;
/** Words of a task that are compared. */
const MAX_WORDS = 40;
/** Words that say nothing of what is to be done. */
const EMPTY_WORDS = new Set(
  `a about again all and anything back call check continue discuss do everything finish fix follow for get go
  handle her him it look make me more on over review see send some something soon stuff talk task that the them
  thing things think this to todo up us with work you`.split(/\s+/u),
);

/**
 * Returns the tasks of a kind of clutter. `llm_relevance` and `conversation_context` are a model's opinion of what
 * matters to the user; none is asked, so they find nothing.
 *
 * @param items open tasks, newest first
 */
export function clutterOf(
  kind: ClutterKind,
  items: readonly ActionItem[],
  limits: ClutterLimits,
  now: number,
): ActionItem[] {
  switch (kind) {
    case 'stale_age': {
      const before = now - limits.ageDays * DAY_MS;
      return items.filter(
        ({ createdAt, updatedAt, dueAt }) => Math.max(createdAt, updatedAt, dueAt ?? 0) < before,
      );
    }
    case 'overdue': {
      const before = now - limits.overdueDays * DAY_MS;
      return items.filter(({ dueAt }) => dueAt !== null && dueAt < before);
    }
    case 'semantic_dedup':
      return repeatsOf(items, limits.similarity);
    case 'vague':
      return items.filter(({ description }) => isVague(description));
    default:
      return [];
  }
}

function isVague(description: string): boolean {
  return wordsOf(description).every((word) => EMPTY_WORDS.has(word));
}

function wordsOf(text: string): string[] {
  const words =
    text
      .slice(0, 1_000)
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return [...new Set(words)].slice(0, MAX_WORDS);
}

/**
 * The tasks that repeat an older one: they share the given part of all their words (Jaccard). Only tasks that share
 * one of their rarest words are compared, which loses no pair (prefix filter, Chaudhuri et al., 2006).
 */
function repeatsOf(items: readonly ActionItem[], similarity: number): ActionItem[] {
  const oldestFirst = [...items]
    .reverse()
    .map((item) => ({ item, words: wordsOf(item.description) }));
  const counts = new Map<string, number>();
  for (const word of oldestFirst.flatMap(({ words }) => words)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const rarity = (word: string) => counts.get(word) ?? 0;
  const kept = new Map<string, Set<string>[]>();
  const repeats: ActionItem[] = [];
  for (const { item, words } of oldestFirst) {
    const own = new Set(words);
    const rarest = [...words]
      .sort((a, b) => rarity(a) - rarity(b) || (a < b ? -1 : 1))
      .slice(0, words.length - Math.ceil(similarity * words.length) + 1);
    const near = new Set(rarest.flatMap((word) => kept.get(word) ?? []));
    if ([...near].some((other) => sharedPart(own, other) >= similarity)) {
      repeats.push(item);
      continue;
    }
    for (const word of rarest) kept.set(word, [...(kept.get(word) ?? []), own]);
  }
  return repeats.reverse();
}

function sharedPart(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of a) if (b.has(word)) shared += 1;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}
