import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/kernel/clock.ts';
import { GLOBAL } from '../../src/model/collection.ts';
import { conversations } from '../../src/model/conversations/conversation.ts';
import { dailySummaries } from '../../src/model/conversations/daily-summary.ts';
import { jobs } from '../../src/model/jobs.ts';
import { actionItems, makeActionItem } from '../../src/model/tasks/action-item.ts';
import { queryAll } from '../../src/store/collection.ts';
import type { dailySummaryToWire } from '../../src/wire/daily-summary-wire.ts';
import { spoken, storeConversation } from '../fixtures/stored-conversations.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { startTestServer, type TestServer } from './test-server.ts';

type Wire = ReturnType<typeof dailySummaryToWire>;

const HOUR = 3_600_000;
/** A Monday in Berlin (UTC+2), nine in the morning. */
const MORNING = Date.parse('2026-05-04T07:00:00Z');
const clock: Clock & { at: number } = { at: MORNING, now: () => clock.at };

let model: OpenAiSimulator;
let server: TestServer;
beforeAll(async () => {
  model = await OpenAiSimulator.start();
  const env = {
    OPENAI_API_KEY: 'test-key',
    OPENAI_BASE_URL: model.baseUrl,
    OPENAI_EMBEDDING_MODEL: 'none',
    CONVERSATION_SUMMARIZED_APP_IDS: 'none',
  };
  server = await startTestServer(env, undefined, undefined, clock);
  await server.api('POST', '/v1/users/fcm-token', { fcm_token: 't', time_zone: 'Europe/Berlin' });
});
afterAll(async () => {
  await server.stop();
  await model.close();
});
beforeEach(async () => {
  model.fault = 'none';
  for (const summary of await list()) {
    await server.api('DELETE', `/v1/users/daily-summaries/${summary.id}`);
  }
});

const store = () => server.context.store;
async function list(): Promise<Wire[]> {
  const { body } = await server.api('GET', '/v1/users/daily-summaries');
  return (body as { summaries: Wire[] }).summaries;
}
async function jobOf() {
  const all = [];
  const request = { query: 'ofUser', filters: { uid: server.uid } } as const;
  for await (const job of queryAll(store(), jobs, GLOBAL, request)) all.push(job);
  return all.filter(({ kind }) => kind === 'daily-summary');
}
const dueAt = async () => (await jobOf()).map((job) => new Date(job.dueAt).toISOString());
const settings = (body: object) => server.api('PATCH', '/v1/users/daily-summary-settings', body);

/** The time comes, and what is due then is done. */
async function comes(iso: string): Promise<void> {
  clock.at = Date.parse(iso);
  server.context.jobWorker.wake();
  const isOver = async () =>
    (await jobOf()).every((job) => job.state === 'waiting' && job.dueAt > clock.at);
  await expect.poll(isOver).toBe(true);
}

async function talk(id: string, iso: string, more = {}): Promise<void> {
  const parts = {
    id,
    startedAt: Date.parse(iso),
    structured: {
      title: `Talk ${id}`,
      overview: `They talk about ${id}. It goes on.`,
      overviewEvidence: [],
      emoji: '🌱',
      category: 'work' as const,
      actionItems: [],
      events: [],
    },
    ...more,
  };
  const segments = spoken(`${id}-`, [
    'We agreed to repair the roof.',
    'We still need to decide who pays for it.',
  ]);
  await storeConversation(store(), server.uid, parts, segments);
}

function answer(headline: string) {
  return {
    headline,
    overview: 'You planned a repair.',
    dayEmoji: '🌿',
    highlights: [
      { topic: 'Roof', emoji: '🏠', summary: 'It is repaired.', conversations: [1, 7, 1] },
      { topic: 'Nothing', emoji: '❓', summary: 'Made up.', conversations: [9] },
    ],
    unresolvedQuestions: [{ text: 'Who pays?', conversation: 1 }],
    decisionsMade: [{ text: 'The roof is repaired.', conversation: 1 }],
    knowledgeNuggets: [{ text: 'From nowhere.', conversation: 0 }],
  };
}

describe('the summary of a day', () => {
  it('is made at the hour of the user, literally, and waits for the next one', async () => {
    await settings({ hour: 21 });
    await settings({ hour: 22 });
    expect(await dueAt()).toEqual(['2026-05-04T19:00:00.000Z']);
    await talk('a', '2026-05-04T08:00:00Z', {
      geolocation: {
        googlePlaceId: null,
        latitude: 52,
        longitude: 13,
        altitude: null,
        accuracy: null,
        address: 'Berlin',
        locationType: null,
      },
    });
    await talk('yesterday', '2026-05-03T21:59:00Z');
    await talk('locked', '2026-05-04T09:00:00Z', { isLocked: true });
    await talk('thrown', '2026-05-04T09:00:00Z', { discarded: true });
    const task = { description: 'Order glass', createdAt: MORNING, conversationId: 'a' };
    await store().transact((tx) =>
      tx.create(actionItems, server.uid, makeActionItem({ id: 'i', ...task })),
    );
    await comes('2026-05-04T18:59:00Z');
    expect(await list()).toEqual([]);
    model.answerNext(answer('A Roof for the Greenhouse'));
    await comes('2026-05-04T20:00:30Z');
    const [summary] = await list();
    expect(summary).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      date: '2026-05-04',
      created_at: '2026-05-04T20:00:30.000Z',
      headline: 'A Roof for the Greenhouse',
      overview: 'You planned a repair.',
      day_emoji: '🌿',
      stats: { total_conversations: 1, total_duration_minutes: 0, action_items_count: 1 },
      highlights: [
        { topic: 'Roof', emoji: '🏠', summary: 'It is repaired.', conversation_ids: ['a'] },
      ],
      action_items: [
        {
          description: 'Order glass',
          priority: 'high',
          completed: false,
          source_conversation_id: 'a',
        },
      ],
      unresolved_questions: [{ question: 'Who pays?', conversation_id: 'a' }],
      decisions_made: [{ decision: 'The roof is repaired.', conversation_id: 'a' }],
      knowledge_nuggets: [],
      locations: [
        { latitude: 52, longitude: 13, address: 'Berlin', conversation_id: 'a', time: '10:00' },
      ],
      engine: 'model',
    });
    expect(await dueAt()).toEqual(['2026-05-05T20:00:00.000Z']);
    const read = await server.api('GET', `/v1/users/daily-summaries/${summary?.id}`);
    expect(read.body).toEqual(summary);
  });

  it('is made by rules where the model fails, out of what was said', async () => {
    await talk('b', '2026-05-05T08:00:00Z');
    model.fault = 'garbage';
    await comes('2026-05-05T20:00:01Z');
    const [summary] = await list();
    expect(summary).toMatchObject({
      date: '2026-05-05',
      headline: 'Talk b',
      overview: 'They talk about b.',
      day_emoji: '🌱',
      highlights: [{ topic: 'Talk b', summary: 'They talk about b.', conversation_ids: ['b'] }],
      decisions_made: [{ decision: 'We agreed to repair the roof.', conversation_id: 'b' }],
      unresolved_questions: [
        { question: 'We still need to decide who pays for it.', conversation_id: 'b' },
      ],
      engine: 'rules',
    });
    const stored = await store().find(dailySummaries, server.uid, summary?.id ?? '');
    expect(stored?.modelError).toContain('provider-protocol');
  });

  it('is not made of a day without conversations, nor twice of one', async () => {
    await comes('2026-05-06T20:00:01Z');
    expect(await list()).toEqual([]);
    expect(await dueAt()).toEqual(['2026-05-07T20:00:00.000Z']);
  });

  it('is made up for once after a long downtime: of the last day that was missed', async () => {
    await talk('c', '2026-05-07T08:00:00Z');
    await talk('d', '2026-05-09T08:00:00Z');
    await talk('e', '2026-05-10T08:00:00Z');
    const before = model.chats.length;
    // The server was off from the 7th until the afternoon of the 10th.
    await comes('2026-05-10T13:00:00Z');
    expect((await list()).map(({ date }) => date)).toEqual(['2026-05-09']);
    expect(model.chats.length - before).toBe(1);
    expect(await dueAt()).toEqual(['2026-05-10T20:00:00.000Z']);
  });

  it('follows the zone and the hour of the user, and loses no day by a change', async () => {
    await server.api('POST', '/v1/users/fcm-token', {
      fcm_token: 't',
      time_zone: 'Pacific/Auckland',
    });
    // 22:00 in Auckland (UTC+12) comes before 22:00 in Berlin.
    expect(await dueAt()).toEqual(['2026-05-10T20:00:00.000Z']);
    await comes('2026-05-10T20:00:10Z');
    expect(await dueAt()).toEqual(['2026-05-11T10:00:00.000Z']);
    // In the morning the day before is summarised.
    await settings({ hour: 8 });
    await talk('f', '2026-05-10T22:00:00Z');
    await comes('2026-05-11T20:00:05Z');
    expect((await list()).map(({ date }) => date)).toContain('2026-05-11');
    expect(await dueAt()).toEqual(['2026-05-12T20:00:00.000Z']);
  });

  it('is off for those who switch it off, and comes back', async () => {
    await settings({ enabled: false });
    expect(await jobOf()).toEqual([]);
    await settings({ enabled: true, hour: 22 });
    expect(await dueAt()).toHaveLength(1);
  });

  it('can be asked for, of any day', async () => {
    const test = (body?: object) =>
      server.api('POST', '/v1/users/daily-summary-settings/test', body);
    expect(await test({ date: '10.05.2026' })).toEqual({
      status: 400,
      body: { detail: 'Invalid date format. Use YYYY-MM-DD', code: 'bad-request' },
    });
    expect(await test({ date: '2020-01-01' })).toEqual({
      status: 400,
      body: { detail: 'No conversations found for 2020-01-01', code: 'bad-request' },
    });
    model.answerNext(answer('Again'));
    const made = await test({ date: '2026-05-09' });
    const [summary] = await list();
    expect(made).toEqual({
      status: 200,
      body: {
        status: 'ok',
        message: 'The day was summarised',
        summary_id: summary?.id,
        conversations_count: 1,
        ...summary,
      },
    });
    model.answerNext(answer('Once more'));
    await test({ date: '2026-05-09' });
    expect((await list()).map(({ headline }) => headline)).toEqual(['Once more']);
  });

  it('is listed by pages, and deleted', async () => {
    for (const date of ['2026-05-04', '2026-05-05', '2026-05-07']) {
      await server.api('POST', '/v1/users/daily-summary-settings/test', { date });
    }
    const page = async (query: string) => {
      const { body } = await server.api('GET', `/v1/users/daily-summaries?${query}`);
      return (body as { summaries: Wire[] }).summaries.map(({ date }) => date);
    };
    expect(await page('limit=2')).toEqual(['2026-05-07', '2026-05-05']);
    expect(await page('limit=2&offset=2')).toEqual(['2026-05-04']);
    const range = { from: '2026-05-05', to: '2026-05-06', limit: 10 };
    const some = await server.context.dailySummaries.list(server.uid, range);
    expect(some.map(({ date }) => date)).toEqual(['2026-05-05']);
    const [first] = await list();
    const path = `/v1/users/daily-summaries/${first?.id}`;
    expect(await server.api('DELETE', path)).toEqual({ status: 200, body: { status: 'ok' } });
    expect((await server.api('DELETE', path)).status).toBe(404);
    expect((await server.api('GET', path)).status).toBe(404);
  });

  it('is waited for by everybody whose conversation was processed, once', async () => {
    const { id: uid } = await server.context.accounts.createUser('somebody');
    await storeConversation(
      store(),
      uid,
      { id: 'g', startedAt: clock.at },
      spoken('g', ['Hello.']),
    );
    expect(await store().find(conversations, uid, 'g')).toBeDefined();
    await server.context.processing.reprocess(uid, 'g');
    await server.context.processing.reprocess(uid, 'g');
    const found = [];
    const request = { query: 'ofUser', filters: { uid } } as const;
    for await (const job of queryAll(store(), jobs, GLOBAL, request)) found.push(job);
    expect(found.map(({ kind, dueAt }) => [kind, dueAt > clock.at])).toEqual([
      ['daily-summary', true],
    ]);
    expect(found[0]?.dueAt).toBeLessThanOrEqual(clock.at + 24 * HOUR);
  });
});
