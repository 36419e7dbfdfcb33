import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fairLevel,
  type LoggedChunk,
  planEviction,
} from '../../../src/audio/audio-log-eviction.ts';

const MAX_BYTES = 1_000;

const sessions = fc.array(
  fc.record({
    user: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    isOpen: fc.boolean(),
    isHeard: fc.boolean(),
    sizes: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 }),
  }),
  { maxLength: 15 },
);
const logs = sessions.map((list) =>
  list.flatMap(({ user, isOpen, isHeard, sizes }, session) =>
    sizes.map(
      (bytes, i): LoggedChunk => ({
        user,
        sessionId: `s${session}`,
        file: `${user}/s${session}/${i}`,
        startTick: i,
        bytes,
        modifiedAt: session * 10 + i,
        isOpen,
        isHeard,
      }),
    ),
  ),
);

function usageOf(chunks: readonly LoggedChunk[]): Map<string, number> {
  const usage = new Map<string, number>();
  for (const { user, bytes } of chunks) usage.set(user, (usage.get(user) ?? 0) + bytes);
  return usage;
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}

describe('planEviction', () => {
  it('takes nothing from a user at or below the fair share, whatever the others have', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const before = usageOf(log);
        const { evicted, refusedSessions } = planEviction(log, MAX_BYTES);
        const losers = new Set([
          ...evicted.map(({ user }) => user),
          ...refusedSessions.map((id) => log.find(({ sessionId }) => sessionId === id)?.user),
        ]);
        for (const [user, bytes] of before) {
          if (bytes <= MAX_BYTES / before.size) expect(losers).not.toContain(user);
        }
      }),
    );
  });

  it('takes no more from a user than what is beyond the level, to within one file', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const before = usageOf(log);
        const level = fairLevel([...before.values()], MAX_BYTES);
        const lost = usageOf(planEviction(log, MAX_BYTES).evicted);
        for (const [user, bytes] of lost) {
          const largest = Math.max(...log.filter((c) => c.user === user).map((c) => c.bytes));
          expect((before.get(user) ?? 0) - bytes).toBeGreaterThan(level - largest);
        }
      }),
    );
  });

  it('makes everything fit, or names an open session of each user who still has too much', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const { evicted, refusedSessions } = planEviction(log, MAX_BYTES);
        const gone = new Set(evicted.map(({ file }) => file));
        const left = usageOf(log.filter(({ file }) => !gone.has(file)));
        const level = fairLevel([...usageOf(log).values()], MAX_BYTES);
        const greedy = [...left].filter(([, bytes]) => bytes > level + 1e-9).map(([user]) => user);
        const refused = refusedSessions.map(
          (id) => log.find(({ sessionId, isOpen }) => sessionId === id && isOpen)?.user,
        );
        expect(refused.sort()).toEqual(greedy.sort());
        if (greedy.length === 0) expect(sum(left.values())).toBeLessThanOrEqual(MAX_BYTES + 1e-9);
      }),
    );
  });

  it('never takes from open sessions, and takes the heard before the unheard, the old before the new', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const { evicted } = planEviction(log, MAX_BYTES);
        expect(evicted.some(({ isOpen }) => isOpen)).toBe(false);
        const gone = new Set(evicted);
        for (const lost of evicted) {
          const kept = log.filter((c) => c.user === lost.user && !c.isOpen && !gone.has(c));
          for (const other of kept) {
            if (other.isHeard) expect(lost.isHeard).toBe(true);
            if (other.isHeard === lost.isHeard) {
              expect(other.modifiedAt).toBeGreaterThanOrEqual(lost.modifiedAt);
            }
          }
        }
      }),
    );
  });

  it('takes nothing while everything fits', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const size = sum(usageOf(log).values());
        expect(planEviction(log, size)).toEqual({ evicted: [], refusedSessions: [] });
      }),
    );
  });
});

describe('fairLevel', () => {
  it('gives what some leave of their share to the others', () => {
    expect(fairLevel([10, 20, 500, 900], 1_000)).toBe(485);
    expect(fairLevel([10, 20, 30], 1_000)).toBe(Number.POSITIVE_INFINITY);
    expect(fairLevel([600, 600], 1_000)).toBe(500);
    expect(fairLevel([], 1_000)).toBe(Number.POSITIVE_INFINITY);
  });
});
