/** One file of the audio log, as far as its deletion is concerned. */
export interface LoggedChunk {
  /** The directory of its user; users are told apart by it. */
  user: string;
  sessionId: string;
  /** Path of the file. */
  file: string;
  startTick: number;
  bytes: number;
  /** Epoch milliseconds. */
  modifiedAt: number;
  /** The session is still recorded: its files are not deleted. */
  isOpen: boolean;
  /** All words of the session are stored; the audio only waits to become a recording. */
  isHeard: boolean;
}

export interface EvictionPlan {
  /** Files to delete. */
  evicted: LoggedChunk[];
  /** Open sessions that must end because their user has used up the share: at most one a user. */
  refusedSessions: string[];
}

/**
 * Divides the audio log fairly among the users who have audio in it (max-min fairness).
 *
 * The fair share is `maxBytes` divided by the number of those users. What a user leaves of the share
 * may be used by the others. If the log is larger than `maxBytes`, each user who has more than the
 * level at which all fits is brought down to that level, by files of that user alone: first audio whose
 * words are stored, then the oldest. The level is never below the fair share, so that nobody at or
 * below the share loses audio because of somebody else. Open sessions count for their own user and
 * lose nothing; if they alone exceed the level, the largest of them is to end.
 */
export function planEviction(chunks: readonly LoggedChunk[], maxBytes: number): EvictionPlan {
  const byUser = groupBy(chunks, ({ user }) => user);
  const usage = new Map([...byUser].map(([user, own]) => [user, bytesOf(own)]));
  const level = fairLevel([...usage.values()], maxBytes);
  const plan: EvictionPlan = { evicted: [], refusedSessions: [] };
  for (const [user, own] of byUser) {
    let excess = (usage.get(user) ?? 0) - level;
    if (excess <= 0) continue;
    for (const chunk of own.filter(({ isOpen }) => !isOpen).sort(byWorth)) {
      if (excess <= 0) break;
      plan.evicted.push(chunk);
      excess -= chunk.bytes;
    }
    const largest = excess > 0 ? largestOpenSession(own) : undefined;
    if (largest !== undefined) plan.refusedSessions.push(largest);
  }
  return plan;
}

/**
 * The most that each user may have so that the sum is at most `maxBytes`; `Infinity` if everything
 * fits. At least `maxBytes` divided by the number of users.
 */
export function fairLevel(usage: readonly number[], maxBytes: number): number {
  let left = maxBytes;
  for (const [i, used] of [...usage].sort((a, b) => a - b).entries()) {
    const users = usage.length - i;
    if (used * users > left) return left / users;
    left -= used;
  }
  return Number.POSITIVE_INFINITY;
}

/** What may go first comes first. */
function byWorth(a: LoggedChunk, b: LoggedChunk): number {
  if (a.isHeard !== b.isHeard) return a.isHeard ? -1 : 1;
  if (a.modifiedAt !== b.modifiedAt) return a.modifiedAt - b.modifiedAt;
  if (a.sessionId !== b.sessionId) return a.sessionId < b.sessionId ? -1 : 1;
  return a.startTick - b.startTick;
}

function largestOpenSession(chunks: readonly LoggedChunk[]): string | undefined {
  const open = groupBy(
    chunks.filter(({ isOpen }) => isOpen),
    ({ sessionId }) => sessionId,
  );
  return [...open].sort(([, a], [, b]) => bytesOf(b) - bytesOf(a))[0]?.[0];
}

function bytesOf(chunks: readonly LoggedChunk[]): number {
  return chunks.reduce((sum, { bytes }) => sum + bytes, 0);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
