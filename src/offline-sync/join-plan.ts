/** A stretch of time, epoch milliseconds. */
export interface Span {
  startAt: number;
  endAt: number;
}

/** What decides whether a conversation takes words that arrive late. */
export interface Neighbour extends Span {
  id: string;
  /** Pause that ends it, milliseconds. */
  timeoutMs: number;
  /** When the user has ended it; null if a pause did. */
  endedByUserAt: number | null;
  /** True if files of a device made it. */
  isFromFiles: boolean;
  isInProgress: boolean;
  /** True if it must stay a conversation of its own, as one that the user has split. */
  isFixed: boolean;
  /** How much the user has done with it; the one with more keeps its id. */
  edits: number;
}

/** Where late words go. */
export interface JoinPlan {
  /** The conversation that takes them; null for a new one. */
  into: string | null;
  /** Conversations that become part of it, because the words close the pause between them. */
  absorbed: string[];
}

/** Milliseconds between two spans; negative if they overlap. */
export function pauseBetween(a: Span, b: Span): number {
  return Math.max(b.startAt - a.endAt, a.startAt - b.endAt);
}

/** True if words of this time belong to the conversation. */
export function isJoinable(words: Span, conversation: Neighbour): boolean {
  return (
    pauseBetween(words, conversation) < conversation.timeoutMs && !isAfterEnd(words, conversation)
  );
}

/**
 * Plans where words go that were spoken without interruption. Conversations are what has no pause as long as
 * the one that ends a conversation, whatever arrives first: words between two conversations make one of them.
 * Those that the user has ended or split stay apart.
 */
export function planJoin(words: Span, conversations: readonly Neighbour[]): JoinPlan {
  const near = conversations.filter((conversation) => isJoinable(words, conversation));
  const [target, ...others] = near.sort((a, b) => preference(words, a, b));
  if (!target) return { into: null, absorbed: [] };
  const absorbed = others.filter((other) => canAbsorb(target, other));
  return { into: target.id, absorbed: absorbed.map(({ id }) => id) };
}

/** True if `other` may become part of `target`. */
export function canAbsorb(target: Neighbour, other: Neighbour): boolean {
  if (other.isInProgress || other.isFixed || other.endedByUserAt !== null) return false;
  if (target.isFixed && !other.isFromFiles) return false;
  return !isAfterEnd(other, target);
}

function isAfterEnd({ startAt }: Span, { endedByUserAt }: Neighbour): boolean {
  return endedByUserAt !== null && startAt > endedByUserAt;
}

/** The one in progress first, then what was recorded live, then what the user has worked on. */
function preference(words: Span, a: Neighbour, b: Neighbour): number {
  return (
    Number(b.isInProgress) - Number(a.isInProgress) ||
    Number(a.isFromFiles) - Number(b.isFromFiles) ||
    b.edits - a.edits ||
    (a.isFromFiles ? 0 : pauseBetween(words, a) - pauseBetween(words, b)) ||
    a.startAt - b.startAt ||
    (a.id < b.id ? -1 : 1)
  );
}

/** Divides segments into pieces without a pause of `timeoutMs` or more, in spoken order. */
export function cutAtPauses<T extends { startMs: number; endMs: number }>(
  segments: readonly T[],
  timeoutMs: number,
): T[][] {
  const pieces: T[][] = [];
  let endMs = 0;
  for (const segment of [...segments].sort((a, b) => a.startMs - b.startMs)) {
    const last = pieces.at(-1);
    if (last && segment.startMs - endMs < timeoutMs) last.push(segment);
    else pieces.push([segment]);
    endMs = last ? Math.max(endMs, segment.endMs) : segment.endMs;
  }
  return pieces;
}
