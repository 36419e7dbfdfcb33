import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutAtPauses, type Neighbour, planJoin } from '../../../src/offline-sync/join-plan.ts';

const PAUSE_MS = 120_000;

function neighbour(id: string, startAt: number, endAt: number, more: Partial<Neighbour> = {}) {
  return {
    id,
    startAt,
    endAt,
    timeoutMs: PAUSE_MS,
    endedByUserAt: null,
    isFromFiles: true,
    isInProgress: false,
    isFixed: false,
    edits: 0,
    ...more,
  };
}

/** Joins pieces one after the other, as the job does, and returns where conversations begin and end. */
function boundaries(
  pieces: readonly { startAt: number; endAt: number }[],
  live: readonly Neighbour[],
): [number, number][] {
  let all = [...live];
  let made = 0;
  for (const piece of pieces) {
    const { into, absorbed } = planJoin(piece, all);
    const members = all.filter(({ id }) => id === into || absorbed.includes(id));
    const target = members.find(({ id }) => id === into);
    made += 1;
    const spans = [piece, ...members];
    const joined = {
      ...(target ?? neighbour(`files-${made}`, 0, 0)),
      startAt: Math.min(...spans.map(({ startAt }) => startAt)),
      endAt: Math.max(...spans.map(({ endAt }) => endAt)),
    };
    all = [...all.filter((conversation) => !members.includes(conversation)), joined];
  }
  return all
    .map(({ startAt, endAt }): [number, number] => [startAt, endAt])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

const piece = fc
  .record({
    startAt: fc.integer({ min: 0, max: 7_200_000 }),
    lengthMs: fc.integer({ min: 500, max: 60_000 }),
  })
  .map(({ startAt, lengthMs }) => ({ startAt, endAt: startAt + lengthMs }));

it('gives the same conversations for the same files in any order', () => {
  const pieces = fc.array(piece, { minLength: 1, maxLength: 40 });
  const orders = pieces.chain((items) =>
    fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length })),
  );
  fc.assert(
    fc.property(orders, fc.integer({ min: 0, max: 7_000_000 }), ([items, shuffled], liveAt) => {
      const live = [neighbour('live', liveAt, liveAt + 200_000, { isFromFiles: false })];
      expect(boundaries(shuffled, live)).toEqual(boundaries(items, live));
      expect(boundaries(shuffled, [])).toEqual(boundaries(items, []));
    }),
    { numRuns: 300 },
  );
});

it('makes one conversation of two if words close the pause, and keeps the one that was live', () => {
  const live = neighbour('live', 0, 60_000, { isFromFiles: false });
  const files = neighbour('files', 250_000, 300_000);
  const plan = planJoin({ startAt: 150_000, endAt: 180_000 }, [files, live]);
  expect(plan).toEqual({ into: 'live', absorbed: ['files'] });
});

it('leaves apart what the user has ended or split', () => {
  const ended = neighbour('ended', 0, 60_000, { isFromFiles: false, endedByUserAt: 61_000 });
  const split = neighbour('split', 200_000, 300_000, { isFromFiles: false, isFixed: true });
  expect(planJoin({ startAt: 62_000, endAt: 70_000 }, [ended])).toEqual({
    into: null,
    absorbed: [],
  });
  expect(planJoin({ startAt: 55_000, endAt: 150_000 }, [ended, split])).toEqual({
    into: 'ended',
    absorbed: [],
  });
});

it('begins a new conversation at a pause as long as the one that ends one', () => {
  const at = (startMs: number) => ({ startMs, endMs: startMs + 1_000 });
  const pieces = cutAtPauses([at(121_000), at(0), at(241_999)], PAUSE_MS);
  expect(pieces).toEqual([[at(0)], [at(121_000), at(241_999)]]);
});
