import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { goalToWire } from '../../src/wire/goal-wire.ts';
import { type RestApp, startRestApp } from './rest-app.ts';

type Wire = ReturnType<typeof goalToWire>;

let app: RestApp;
beforeEach(async () => {
  app = await startRestApp();
});
afterEach(() => app.close());

const call = <T>(method: string, path: string, body?: unknown, uid = 'ada') =>
  app.call<T>(uid, method, path, body);
const make = async (title: string) =>
  (await call<Wire>('POST', '/v1/goals', { title, target_value: 7 })).body;
const titles = async () =>
  (await call<Wire[]>('GET', '/v1/goals/all')).body.map(({ title }) => title);

describe('goals', () => {
  it('are none at first, and then literally this', async () => {
    expect((await call('GET', '/v1/goals')).body).toBeNull();
    expect((await call('GET', '/v1/goals/all')).body).toEqual([]);
    const goal = await make('Run');
    expect(goal).toEqual({
      id: expect.stringMatching(/^goal_[0-9a-f]{12}$/),
      title: 'Run',
      goal_type: 'scale',
      target_value: 7,
      current_value: 0,
      min_value: 0,
      max_value: 10,
      unit: null,
      is_active: true,
      created_at: '2026-05-04T10:00:00.000Z',
      updated_at: '2026-05-04T10:00:00.000Z',
      ended_at: null,
      completed_at: null,
    });
    expect((await call('GET', '/v1/goals')).body).toEqual(goal);
    // The app repeats a request whose answer it did not get.
    expect(await make('Run')).toEqual(goal);
  });

  it('are four at a time: a fifth ends the oldest', async () => {
    for (const title of ['a', 'b', 'c', 'd', 'e']) {
      await make(title);
      app.clock.advance(1000);
    }
    expect(await titles()).toEqual(['b', 'c', 'd', 'e']);
  });

  it('are changed, and remember where they stood each day', async () => {
    const { id } = await make('Run');
    const progress = (value: number) =>
      call<Wire>('PATCH', `/v1/goals/${id}/progress?current_value=${value}`);
    await progress(1);
    expect((await progress(2.5)).body.current_value).toBe(2.5);
    app.clock.advance(24 * 3_600_000);
    const changed = await call<Wire>('PATCH', `/v1/goals/${id}`, { current_value: 4, unit: 'km' });
    expect(changed.body).toMatchObject({ current_value: 4, unit: 'km', title: 'Run' });
    expect((await call('GET', `/v1/goals/${id}/history`)).body).toEqual([
      { date: '2026-05-05', value: 4, recorded_at: '2026-05-05T10:00:00.000Z' },
      { date: '2026-05-04', value: 2.5, recorded_at: '2026-05-04T10:00:00.000Z' },
    ]);
    const one = await call('GET', `/v1/goals/${id}/history?days=1`);
    expect(one.body).toMatchObject([{ date: '2026-05-05' }]);
    expect(await call('PATCH', `/v1/goals/${id}`, {})).toEqual({
      status: 400,
      body: { detail: 'No updates provided', code: 'bad-request' },
    });
  });

  it('are deleted with their history, and are nobody else’s', async () => {
    const { id } = await make('Run');
    await call('PATCH', `/v1/goals/${id}/progress?current_value=3`);
    for (const [method, path, body] of [
      ['PATCH', `/v1/goals/${id}`, { title: 'x' }],
      ['PATCH', `/v1/goals/${id}/progress?current_value=1`],
      ['GET', `/v1/goals/${id}/history`],
      ['DELETE', `/v1/goals/${id}`],
    ] as const) {
      expect((await call(method, path, body, 'bob')).status, `${method} ${path}`).toBe(404);
    }
    const gone = await call('DELETE', `/v1/goals/${id}`);
    expect(gone).toEqual({ status: 200, body: { success: true, deleted_id: id } });
    expect(await call('DELETE', `/v1/goals/${id}`)).toEqual({
      status: 404,
      body: { detail: 'Goal not found', code: 'not-found' },
    });
    expect(await titles()).toEqual([]);
  });
});
