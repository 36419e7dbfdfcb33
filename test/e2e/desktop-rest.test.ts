import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function ok<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await server.api(method, path, body);
  expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).toBe(200);
  return answer.body as T;
}

interface Task {
  id: string;
  description: string;
}

describe('proposed tasks', () => {
  it('are ranked, promoted into tasks, and the same words are one proposal', async () => {
    const path = '/v1/staged-tasks';
    const first = await ok<Task>('POST', path, {
      description: ' Water the plants ',
      source: 'screenshot',
      priority: 'high',
      metadata: '{"app":"Mail"}',
      relevance_score: 7,
    });
    expect(first).toEqual({
      id: expect.any(String),
      description: 'Water the plants',
      completed: false,
      created_at: expect.any(String),
      updated_at: expect.any(String),
      source: 'screenshot',
      priority: 'high',
      metadata: '{"app":"Mail"}',
      relevance_score: 7,
    });
    const again = await ok<Task>('POST', path, { description: 'water the PLANTS' });
    expect(again.id).toBe(first.id);
    const second = await ok<Task>('POST', path, { description: 'Call the dentist' });
    const list = async () => (await ok<{ items: Task[] }>('GET', path)).items.map(({ id }) => id);
    expect(await list()).toEqual([first.id, second.id]);
    const scores = [
      { id: second.id, relevance_score: 1 },
      { id: 'nobody', relevance_score: 0 },
    ];
    expect(await ok('PATCH', `${path}/batch-scores`, { scores })).toEqual({ status: 'ok' });
    expect(await list()).toEqual([second.id, first.id]);
    const promoted = await ok<{ promoted: boolean; promoted_task: Task }>(
      'POST',
      `${path}/promote`,
    );
    expect(promoted).toMatchObject({
      promoted: true,
      reason: null,
      promoted_task: { description: 'Call the dentist', from_staged: true, relevance_score: 1 },
    });
    const { body } = await server.api('GET', `/v1/action-items/${promoted.promoted_task.id}`);
    expect(body).toMatchObject({ description: 'Call the dentist', completed: false });
    expect(await list()).toEqual([first.id]);
    expect(await ok('DELETE', `${path}/${first.id}`)).toEqual({ status: 'ok' });
    expect(await ok('POST', `${path}/promote`)).toEqual({
      promoted: false,
      reason: 'No staged tasks available',
      promoted_task: null,
    });
  });

  it('take over what an older version found on the screen, but for the best three', async () => {
    const made: Task[] = [];
    for (const score of [4, 2, 3, 1, 5]) {
      made.push(
        await ok<Task>('POST', '/v1/action-items', {
          description: `Screen task ${score}`,
          source: 'screenshot',
          priority: 'low',
          relevance_score: score,
        }),
      );
    }
    expect(made[0]).toMatchObject({ source: 'screenshot', priority: 'low', relevance_score: 4 });
    const status = await ok('POST', '/v1/staged-tasks/migrate');
    expect(status).toEqual({ status: 'moved 2, kept 3' });
    const { items } = await ok<{ items: Task[] }>('GET', '/v1/staged-tasks');
    expect(items.map(({ id }) => id)).toEqual([made[0]?.id, made[4]?.id]);
    expect((await server.api('GET', `/v1/action-items/${made[0]?.id}`)).status).toBe(404);
  });
});

describe('scores', () => {
  it('count the tasks of a day, of its week and of all', async () => {
    const due_at = '2031-05-04T10:00:00Z';
    const done = await ok<Task>('POST', '/v1/action-items', { description: 'One', due_at });
    await ok('POST', '/v1/action-items', { description: 'Two', due_at });
    await ok('POST', '/v1/action-items', { description: 'Three', due_at });
    await ok('PATCH', `/v1/action-items/${done.id}/completed?completed=true`);
    expect(await ok('GET', '/v1/daily-score?date=2031-05-04')).toEqual({
      date: '2031-05-04',
      score: 33,
      completed_tasks: 1,
      total_tasks: 3,
    });
    expect(await ok('GET', '/v1/scores?date=2031-05-04')).toMatchObject({
      daily: { score: 33.3, completed_tasks: 1, total_tasks: 3 },
      weekly: { score: 0, completed_tasks: 0, total_tasks: 0 },
      overall: { completed_tasks: 1 },
      default_tab: 'daily',
      date: '2031-05-04',
    });
    expect((await server.api('GET', '/v1/scores?date=yesterday')).status).toBe(422);
    const scores = [{ id: done.id, relevance_score: 9 }];
    await ok('PATCH', '/v1/action-items/batch-scores', { scores });
    expect(await ok('GET', `/v1/action-items/${done.id}`)).toMatchObject({ relevance_score: 9 });
  });
});

describe('a transcript of a client', () => {
  const body = {
    transcript_segments: [
      { text: 'We moved the launch to Tuesday.', start: 0, end: 4, is_user: true, person_id: null },
      { text: 'Fine.', speaker_id: 3, start: 5, end: 5 },
    ],
    source: 'desktop',
    started_at: '2026-03-02T10:00:00.250Z',
    finished_at: '2026-03-02T10:00:09.500Z',
    language: null,
    client_session_id: ' local-1 ',
    client_platform: 'windows',
  };
  const path = '/v1/conversations/from-segments';

  it('becomes one conversation, however often it is sent under its id', async () => {
    const made = await ok<{ id: string; status: string; discarded: boolean }>('POST', path, body);
    expect(made.discarded).toBe(false);
    const again = await ok<{ id: string }>('POST', path, {
      ...body,
      started_at: '2026-03-02T11:00:00Z',
      finished_at: null,
    });
    expect(again.id).toBe(made.id);
    const other = await ok<{ id: string }>('POST', path, { ...body, client_session_id: 'local-2' });
    expect(other.id).not.toBe(made.id);
    const { body: read } = await server.api('GET', `/v1/conversations/${made.id}`);
    const seen = read as { started_at: string; finished_at: string };
    expect(read).toMatchObject({
      source: 'desktop',
      transcript_segments: [
        { text: 'We moved the launch to Tuesday.', is_user: true },
        { text: 'Fine.', speaker_id: 3, start: 5, end: 5.1 },
      ],
    });
    expect(Date.parse(seen.started_at)).toBe(Date.parse(body.started_at));
    expect(Date.parse(seen.finished_at)).toBe(Date.parse(body.finished_at));
  });

  it('is refused with the segment that makes no sense', async () => {
    const segment = { text: 'a', start: 0, end: 1 };
    const of = async (more: object) =>
      (await server.api('POST', path, { ...body, ...more })).status;
    expect(await of({ transcript_segments: [] })).toBe(422);
    expect(await of({ transcript_segments: Array(501).fill(segment) })).toBe(422);
    expect(await of({ transcript_segments: [{ ...segment, end: -1 }] })).toBe(422);
    expect(await of({ client_session_id: '  ' })).toBe(422);
    expect(await of({ finished_at: '2026-03-02T09:00:00Z' })).toBe(422);
  });
});
