import type { SearchKind } from '../../search-index.ts';

/**
 * A row's id says its kind and second: `kind (2 bits) · unix second (32) · number (19)`. FTS5 can
 * bound and order by nothing but the id, and does that without looking at the rows in between; so
 * kinds, dates and "the newest first" cost nothing even for words that stand in every row.
 * 53 bits are what a JavaScript number keeps.
 */
const KINDS = ['conversation', 'window', 'memory', 'action_item'] as const;
const NUMBERS = 2 ** 19;
const MAX_SECOND = 2 ** 32 - 1;
const KIND_SPAN = 2 ** 51;

export function kindCode(kind: SearchKind): number {
  return KINDS.indexOf(kind);
}

export function kindOf(code: number): SearchKind {
  const kind = KINDS[code];
  if (kind === undefined) throw new RangeError('No such kind in the search index.');
  return kind;
}

/** First and last id of the second in which something happened. */
export function rowIdsOfSecond(kind: SearchKind, happenedAt: number): [number, number] {
  const first = kindCode(kind) * KIND_SPAN + secondOf(happenedAt) * NUMBERS;
  return [first, first + NUMBERS - 1];
}

/**
 * First and last id of a kind between two times (epoch milliseconds, null for unbounded). Whole
 * seconds: the caller checks the milliseconds.
 */
export function rowIdsBetween(
  kind: SearchKind,
  from: number | null,
  to: number | null,
): [number, number] {
  const [first] = rowIdsOfSecond(kind, from ?? 0);
  const [, last] = rowIdsOfSecond(kind, to ?? MAX_SECOND * 1000);
  return [first, last];
}

function secondOf(happenedAt: number): number {
  return Math.min(MAX_SECOND, Math.max(0, Math.floor(happenedAt / 1000)));
}
