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

  it('are added one by one, or refused, and not made again then', async () => {
    const path = '/v1/staged-tasks';
    const list = async () => (await ok<{ items: Task[] }>('GET', path)).items.map(({ id }) => id);
    const [stage, lamp] = [
      await ok<Task>('POST', path, { description: 'Sweep the stage', relevance_score: 1 }),
      await ok<Task>('POST', path, { description: 'Mend the lamp' }),
    ];
    expect(await ok('POST', `${path}/${lamp.id}/promote`)).toMatchObject({
      description: 'Mend the lamp',
      from_staged: true,
    });
    expect((await server.api('POST', `${path}/${lamp.id}/promote`)).status).toBe(404);
    expect((await server.api('PATCH', `${path}/${lamp.id}`, { completed: false })).status).toBe(
      404,
    );
    expect(await ok('PATCH', `${path}/${stage.id}`, { completed: true })).toMatchObject({
      id: stage.id,
      completed: true,
    });
    expect(await list()).toEqual([]);
    const again = await ok<Task>('POST', path, { description: 'sweep the stage' });
    expect(again.id).toBe(stage.id);
    expect(await list()).toEqual([]);
    await ok('PATCH', `${path}/${stage.id}`, { completed: false });
    expect(await list()).toEqual([stage.id]);
    await ok('DELETE', `${path}/${stage.id}`);
    for (const [method, route] of [
      ['POST', `${path}/nobody/promote`],
      ['PATCH', `${path}/nobody`],
    ] as const) {
      expect((await server.api(method, route, { completed: true })).status).toBe(404);
    }
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

  it('proposes what may be a task, and takes it back when the conversation is deleted', async () => {
    const proposed = async () => {
      const { items } = await ok<{ items: Task[] }>('GET', '/v1/staged-tasks?limit=1000');
      return items.filter(({ description }) => /hotel/i.test(description));
    };
    const { id } = await ok<{ id: string }>('POST', path, {
      ...body,
      client_session_id: 'suggestions',
      transcript_segments: [
        { text: 'We should book the hotel soon.', is_user: true, start: 0, end: 4 },
        { text: "Yes, let's do that.", speaker: 'SPEAKER_01', start: 4, end: 6 },
      ],
    });
    await expect
      .poll(proposed)
      .toMatchObject([
        { description: 'Book the hotel', source: 'conversation', conversation_id: id },
      ]);
    const tasks = await ok<{ action_items: Task[] }>('GET', '/v1/action-items');
    expect(tasks.action_items.map(({ description }) => description)).not.toContain(
      'Book the hotel',
    );
    expect((await server.api('DELETE', `/v1/conversations/${id}`)).status).toBe(204);
    expect(await proposed()).toEqual([]);
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

describe('focus', () => {
  it('is stored, listed by day, added up and deleted', async () => {
    const path = '/v1/focus-sessions';
    const made = async (status: string, app_or_site: string, duration_seconds?: number) =>
      await ok<{ id: string }>('POST', path, {
        status,
        app_or_site,
        description: 'Seen on the screen',
        duration_seconds,
      });
    const first = await made('focused', 'Editor', 1_500);
    await made('distracted', 'Videos', 300);
    await made('distracted', 'Videos');
    await made('distracted', 'Chat', 120);
    expect(first).toEqual({
      id: expect.any(String),
      status: 'focused',
      app_or_site: 'Editor',
      description: 'Seen on the screen',
      message: null,
      created_at: expect.any(String),
      duration_seconds: 1_500,
    });
    const today = new Date().toISOString().slice(0, 10);
    expect(await ok('GET', `${path}?date=${today}&limit=2`)).toMatchObject([
      { app_or_site: 'Chat' },
      { app_or_site: 'Videos', duration_seconds: null },
    ]);
    expect(await ok('GET', `${path}?date=2024-05-04`)).toEqual([]);
    // A distraction of unknown length counts a minute.
    expect(await ok('GET', `/v1/focus-stats?date=${today}`)).toEqual({
      date: today,
      focused_minutes: 25,
      distracted_minutes: 8,
      session_count: 4,
      focused_count: 1,
      distracted_count: 3,
      top_distractions: [
        { app_or_site: 'Videos', total_seconds: 360, count: 2 },
        { app_or_site: 'Chat', total_seconds: 120, count: 1 },
      ],
    });
    expect(await ok('DELETE', `${path}/${first.id}`)).toEqual({ status: 'ok' });
    expect(await ok('DELETE', `${path}/${first.id}`)).toEqual({ status: 'ok' });
    expect(await ok('GET', path)).toHaveLength(3);
    const bad = await server.api('POST', path, {
      status: 'asleep',
      app_or_site: 'x',
      description: 'x',
    });
    expect(bad.status).toBe(422);
  });
});

describe('advice', () => {
  it('is stored, read, dismissed and deleted', async () => {
    const path = '/v1/advice';
    const made = await ok<{ id: string }>('POST', path, { content: 'Take a break.' });
    expect(made).toMatchObject({
      content: 'Take a break.',
      category: 'other',
      confidence: 0.5,
      reasoning: null,
      is_read: false,
      is_dismissed: false,
    });
    await ok('POST', path, { content: 'Drink water.', category: 'health', confidence: 0.9 });
    expect(await ok('GET', `${path}?category=health`)).toMatchObject([{ content: 'Drink water.' }]);
    expect(await ok('POST', `${path}/mark-all-read`)).toEqual({ status: 'marked 2 as read' });
    const dismissed = await ok('PATCH', `${path}/${made.id}`, { is_dismissed: true });
    expect(dismissed).toMatchObject({ is_read: true, is_dismissed: true });
    expect(await ok('GET', path)).toMatchObject([{ content: 'Drink water.' }]);
    expect(await ok('GET', `${path}?include_dismissed=true`)).toHaveLength(2);
    expect((await server.api('PATCH', `${path}/none`, { is_read: true })).status).toBe(404);
    await ok('DELETE', `${path}/${made.id}`);
    expect(await ok('GET', `${path}?include_dismissed=true`)).toHaveLength(1);
  });
});

describe('the phone’s own products', () => {
  it('send health data, which the chat can tell until it is deleted', async () => {
    const tool = async (params: object) => {
      const body = { tool_name: 'get_apple_health_summary_tool', params };
      return (await ok<{ result: string }>('POST', '/v1/agent/execute-tool', body)).result;
    };
    const connected = async () =>
      (await ok<{ connected: boolean }>('GET', '/v1/integrations/apple_health')).connected;
    expect([await tool({}), await connected()]).toEqual([
      'No health data: the phone of the user has sent none.',
      false,
    ]);
    const path = '/v1/integrations/apple-health/sync';
    await ok('PUT', path, { total_steps: 1 });
    expect(
      await ok('PUT', path, {
        period_days: 7,
        total_steps: 52_000,
        total_sleep_hours: null,
        daily_steps: [{ date: '2026-05-04', steps: 9_000 }],
        workouts: [{ type: 'running', minutes: 30 }],
      }),
    ).toEqual({
      status: 'ok',
      app_key: 'apple_health',
      synced_at: expect.any(String),
      data_types_synced: ['total_steps', 'daily_steps', 'workouts'],
    });
    expect(await connected()).toBe(true);
    const told = await tool({});
    expect(told).toMatch(/the 7 days until /);
    expect(told).toContain('total_steps: 52000');
    expect(told).toContain('running');
    expect(await tool({ topic: 'workouts' })).not.toContain('steps');
    expect(await tool({ topic: 'sleep' })).toBe('The phone has told nothing of sleep.');
    const large = await server.api('PUT', path, {
      workouts: Array.from({ length: 900 }, () => ({ note: 'x'.repeat(300) })),
    });
    expect(large.status).toBe(413);
    expect((await server.api('PUT', path, { total_steps: 'many' })).status).toBe(422);
    const remove = () => server.api('DELETE', '/v1/integrations/apple_health');
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 404]);
    expect(await connected()).toBe(false);
  });

  it('take tasks, if Apple Reminders is chosen; others are refused with a reason', async () => {
    const path = '/v1/task-integrations/default';
    const chosen = await ok('PUT', path, { app_key: 'apple_reminders' });
    expect(chosen).toEqual({ default_app: 'apple_reminders' });
    expect(await ok('GET', '/v1/task-integrations')).toEqual({
      integrations: { apple_reminders: { connected: true } },
      default_app: 'apple_reminders',
    });
    const other = await server.api('PUT', path, { app_key: 'asana' });
    expect([other.status, JSON.stringify(other.body)]).toEqual([
      400,
      expect.stringContaining('Apple Reminders works without one'),
    ]);
    expect(await ok('PUT', path, { app_key: '' })).toEqual({ default_app: null });
  });

  it('ask for a review of the year, which is never written', async () => {
    expect(await ok('GET', '/v1/wrapped/2026')).toMatchObject({
      status: 'not_generated',
      year: 2026,
    });
  });
});
