import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conversations, makeConversation } from '../../../src/model/conversations/conversation.ts';
import { makeSegment } from '../../../src/model/conversations/transcript-segment.ts';
import { makeMemory, memories } from '../../../src/model/memory.ts';
import { UsageReports } from '../../../src/users/usage-report.ts';
import { openTestStore } from '../../harness/test-store.ts';

const HOUR = 3_600_000;
/** The reports are of this day, 2026-03-10T12:00:00Z. */
const START = Date.UTC(2026, 2, 10, 12);

let opened: Awaited<ReturnType<typeof openTestStore>>;
let usage: UsageReports;

beforeEach(async () => {
  opened = await openTestStore();
  const { store } = opened;
  usage = new UsageReports({
    store,
    clock: { now: () => START },
    loadTranscript: async (_uid, { id }) => [
      makeSegment({ id: `${id}-1`, text: 'three plain words', startMs: 0, endMs: 1500 }),
      makeSegment({ id: `${id}-2`, text: ' and  two ', startMs: 2000, endMs: 3000 }),
    ],
  });
  for (const [id, hoursAgo] of [
    ['now', 1],
    ['this-month', 5 * 24],
    ['this-year', 40 * 24],
    ['long-ago', 400 * 24],
  ] as const) {
    const createdAt = START - hoursAgo * HOUR;
    const conversation = makeConversation({ id, createdAt, finishedAt: createdAt + 60_000 });
    conversation.structured.overview = 'This sentence has more than five words. Not this.';
    await store.transact((tx) => tx.create(conversations, 'u', conversation));
    const memory = makeMemory({ uid: 'u', content: id, createdAt });
    await store.transact((tx) => tx.create(memories, 'u', memory));
  }
  const foreign = makeConversation({ id: 'foreign', createdAt: START });
  await store.transact((tx) => tx.create(conversations, 'somebody-else', foreign));
});
afterEach(() => opened.close());

describe('UsageReports', () => {
  it.each([
    ['today', 1],
    ['monthly', 2],
    ['yearly', 3],
    ['all_time', 4],
  ] as const)('counts what is of %s', async (period, count) => {
    const { total } = await usage.report('u', period, null);
    expect(total).toEqual({
      transcriptionSeconds: 60 * count,
      speechSeconds: Math.round(2.5 * count),
      wordsTranscribed: 5 * count,
      insightsGained: count,
      memoriesCreated: count,
    });
  });

  it('cuts the history into pieces of the period', async () => {
    const dates = async (period: 'today' | 'monthly' | 'yearly' | 'all_time') =>
      (await usage.report('u', period, null)).history.map(({ date }) => date);
    expect(await dates('today')).toEqual(['2026-03-10T11:00:00+00:00']);
    expect(await dates('monthly')).toEqual(['2026-03-05', '2026-03-10']);
    expect(await dates('yearly')).toEqual(['2026-01-01', '2026-03-01']);
    expect(await dates('all_time')).toEqual(['2025-01-01', '2026-01-01']);
  });

  it('lets the day begin where the user is', async () => {
    // Noon UTC is 02:00 in Kiritimati and 01:00 in Auckland, but midnight at UTC+12, if an hour
    // ago was yesterday.
    expect((await usage.report('u', 'today', 'Pacific/Kiritimati')).total.memoriesCreated).toBe(1);
    expect((await usage.report('u', 'today', 'Pacific/Auckland')).total.memoriesCreated).toBe(1);
    expect((await usage.report('u', 'today', 'Etc/GMT-12')).total.memoriesCreated).toBe(0);
  });
});
