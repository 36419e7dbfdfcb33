import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ActionItem, actionItems, makeActionItem } from '../../src/model/tasks/action-item.ts';
import { NOW } from '../harness/held-clock.ts';
import { type RestApp, startRestApp } from './rest-app.ts';

const DAY_MS = 86_400_000;

interface Preview {
  session_id: string;
  total_candidates: number;
  breakdown: Record<string, number>;
  sample: { description: string; strategy: string }[];
  candidate_ids: string[];
  candidate_meta: { id: string; strategy: string; description: string }[];
  total_open_action_items: number;
  scan_truncated: boolean;
}

let app: RestApp;
beforeEach(async () => {
  app = await startRestApp();
});
afterEach(() => app.close());

async function add(description: string, parts: Partial<ActionItem> = {}): Promise<string> {
  const id = parts.id ?? description.replace(/\W/gu, '-');
  const item = makeActionItem({ id, description, createdAt: NOW - DAY_MS, ...parts });
  await app.store.transact((tx) => tx.put(actionItems, 'ada', item));
  return id;
}
const preview = (body: object, uid = 'ada') =>
  app.call<Preview>(uid, 'POST', '/v1/action-items/cleanup/preview', body);
const execute = (session: string, excluded: string[] = [], uid = 'ada') =>
  app.call<{ deleted_count: number }>(uid, 'POST', '/v1/action-items/cleanup/execute', {
    session_id: session,
    excluded_ids: excluded,
  });
const left = async () =>
  (await app.store.query(actionItems, 'ada', { query: 'recent', limit: 100 })).items
    .map(({ id }) => id)
    .sort();

describe('a preview of tasks that may go', () => {
  it('finds old, overdue, repeated and vague ones, each once, and deletes none', async () => {
    const old = NOW - 100 * DAY_MS;
    const stale = await add('Paint the shed', { createdAt: old });
    const late = await add('Send the form to Ada', { dueAt: NOW - 9 * DAY_MS });
    await add('Book the venue for the launch', { id: 'first', createdAt: NOW - 3 * DAY_MS });
    await add('book the venue, for the launch!', { id: 'again', createdAt: NOW - 2 * DAY_MS });
    const vague = await add('Follow up on that');
    await add('Buy bread');
    await add('Renew the passport', { createdAt: old, dueAt: NOW + DAY_MS });
    await add('Old but done', { createdAt: old, completed: true });
    await add('Old but locked', { createdAt: old, isLocked: true });
    const before = await left();
    const { status, body } = await preview({
      strategies: ['stale_age', 'overdue', 'semantic_dedup', 'vague', 'llm_relevance'],
    });
    expect(status).toBe(200);
    expect(body.breakdown).toEqual({
      stale_age: 1,
      overdue: 1,
      semantic_dedup: 1,
      vague: 1,
      llm_relevance: 0,
    });
    expect(body.candidate_meta.map(({ id, strategy }) => [id, strategy])).toEqual([
      [stale, 'stale_age'],
      [late, 'overdue'],
      ['again', 'semantic_dedup'],
      [vague, 'vague'],
    ]);
    expect(body).toMatchObject({
      total_candidates: 4,
      total_open_action_items: 7,
      scan_truncated: false,
    });
    expect(body.sample).toContainEqual({ description: 'Paint the shed', strategy: 'stale_age' });
    expect(await left()).toEqual(before);
  });

  it('refuses a kind that it does not know, and limits that make no sense', async () => {
    expect((await preview({ strategies: ['everything'] })).status).toBe(422);
    expect((await preview({ strategies: ['overdue'], overdue_days: 0 })).status).toBe(422);
    expect((await preview({ strategies: ['vague'], scan_cursor: 'nonsense' })).status).toBe(400);
  });
});

describe('deleting what a preview has found', () => {
  it('keeps what the user keeps and what is done meanwhile, and is safe to repeat', async () => {
    const old = { createdAt: NOW - 100 * DAY_MS };
    const [kept, done] = [await add('Kept', old), await add('Done', old)];
    await add('Gone one', old);
    await add('Gone two', old);
    const { session_id: session } = (await preview({ strategies: ['stale_age'] })).body;
    await app.store.transact((tx) => tx.patch(actionItems, 'ada', done, { completed: true }));
    expect((await execute(session, [kept])).body).toEqual({ deleted_count: 2 });
    expect(await left()).toEqual([done, kept].sort());
    expect((await execute(session, [])).body).toEqual({ deleted_count: 2 });
    expect(await left()).toEqual([done, kept].sort());
  });

  it('is over after five minutes, and is nobody else’s', async () => {
    await add('Old', { createdAt: NOW - 100 * DAY_MS });
    const { session_id: session } = (await preview({ strategies: ['stale_age'] })).body;
    expect((await execute(session, [], 'bob')).status).toBe(410);
    app.clock.advance(301_000);
    expect(await execute(session)).toEqual({
      status: 410,
      body: { detail: 'Cleanup session expired. Please run preview again.', code: 'gone' },
    });
    expect(await left()).toEqual(['Old']);
  });
});
