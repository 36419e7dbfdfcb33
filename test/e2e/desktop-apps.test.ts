import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitlessArchive } from '../clients/limitless-archive.ts';
import { eventually } from '../fixtures/eventually.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { startTestServer, type TestServer } from './test-server.ts';

let model: OpenAiSimulator;
let server: TestServer;
beforeAll(async () => {
  model = await OpenAiSimulator.start();
  server = await startTestServer({ OPENAI_BASE_URL: model.baseUrl, OPENAI_API_KEY: 'test-key' });
});
afterAll(async () => {
  await server.stop();
  await model.close();
});

async function ok<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await server.api(method, path, body);
  expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).toBe(200);
  return answer.body as T;
}

describe('a meeting of the calendar', () => {
  it('gives a talk of the computer at its time to the meeting, once', async () => {
    const startAt = Date.now() - 3_600_000;
    const meeting = {
      calendar_event_id: 'event',
      calendar_source: 'system_calendar',
      title: 'Quarterly roof review',
      start_time: new Date(startAt).toISOString(),
      end_time: new Date(startAt + 1_800_000).toISOString(),
      participants: [{ name: 'Dana Roofer', email: null }],
    };
    const first = await ok<{ meeting_id: string }>('POST', '/v1/calendar/meetings', meeting);
    const again = await ok<{ meeting_id: string }>('POST', '/v1/calendar/meetings', meeting);
    expect(again.meeting_id).toBe(first.meeting_id);
    const { id } = await ok<{ id: string }>('POST', '/v1/conversations/from-segments', {
      transcript_segments: [
        { text: 'We should repair the roof before the winter comes.', start: 0, end: 60 },
      ],
      source: 'desktop',
      started_at: new Date(startAt + 60_000).toISOString(),
    });
    const talk = await ok<{ external_data: unknown }>('GET', `/v1/conversations/${id}`);
    expect(talk.external_data).toMatchObject({
      calendar_meeting_context: {
        title: 'Quarterly roof review',
        duration_minutes: 30,
        participants: [{ name: 'Dana Roofer', email: null }],
      },
    });
  });
});

describe('chat completions', () => {
  const ask = (more: object) =>
    fetch(`${server.url}/v2/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'any',
        messages: [{ role: 'user', content: 'Hello' }],
        ...more,
      }),
    });

  it('are whole or streamed, and say the same', async () => {
    const whole = (await (await ask({})).json()) as {
      choices: { message: { content: string }; finish_reason: string }[];
    };
    expect(whole.choices[0]?.finish_reason).toBe('stop');
    expect(whole.choices[0]?.message.content).toMatch(/./);
    const streamed = await (await ask({ stream: true })).text();
    expect(streamed.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(streamed).toContain('chat.completion.chunk');
  });

  it('fetch no address of a picture', async () => {
    const url = 'http://127.0.0.1/secret.png';
    const content = [{ type: 'image_url', image_url: { url } }];
    const answer = await ask({ messages: [{ role: 'user', content }] });
    expect(answer.status).toBe(400);
  });
});

describe('screen activity', () => {
  const rows = [
    {
      id: 7,
      timestamp: new Date().toISOString(),
      appName: 'Mail',
      ocrText: 'Invoice of the roofer',
    },
  ];

  it('is stored, found and deleted as the user switches it', async () => {
    const path = '/v1/screen-activity/sync';
    expect(await ok('POST', path, { rows })).toEqual({ synced: 0, last_id: 7 });
    await ok('POST', '/v1/users/screen-activity?value=true');
    expect(await ok('POST', path, { rows })).toEqual({ synced: 1, last_id: 7 });
    await ok('POST', path, { rows });
    const found = () =>
      ok<{ frames: unknown[] }>('GET', '/v1/screen-activity?query=ROOFER+invoice');
    expect((await found()).frames).toHaveLength(1);
    expect(await ok('GET', '/v1/screen-activity/summary')).toMatchObject({ total: 1 });
    await ok('POST', '/v1/users/screen-activity?value=false');
    expect((await found()).frames).toEqual([]);
  });

  it('is a tool of the chat, and says if it is off', async () => {
    const use = async (tool_name: string, params: object) =>
      (await ok<{ result: string }>('POST', '/v1/agent/execute-tool', { tool_name, params }))
        .result;
    const search = (query: string) => use('search_screen_activity_tool', { query });
    expect(await search('roofer')).toMatch(/not stored for this user/);
    await ok('POST', '/v1/users/screen-activity?value=true');
    await ok('POST', '/v1/screen-activity/sync', { rows });
    expect(await search('roofer invoice')).toMatch(/Mail.*\n.*Invoice of the roofer/);
    expect(await search('submarine')).toMatch(/^Nothing on the screen/);
    const apps = (app_filter?: string) => use('get_screen_activity_tool', { app_filter });
    expect(await apps()).toMatch(/- Mail: seen 1 times/);
    expect(await apps('safari')).toMatch(/^Nothing was stored/);
    await ok('POST', '/v1/users/screen-activity?value=false');
    expect(await apps()).toMatch(/not stored for this user/);
  });

  it('is forgotten after 30 days, and a row of a wrong clock makes no harm', async () => {
    await ok('POST', '/v1/users/screen-activity?value=true');
    const at = (id: number, ms: number) => ({
      ...rows[0],
      id,
      timestamp: new Date(Date.now() + ms).toISOString(),
    });
    const day = 86_400_000;
    const sent = [
      at(20, -31 * day),
      at(21, -29 * day),
      { ...at(22, 0), timestamp: '1970-01-01T00:00:00Z' },
    ];
    expect(await ok('POST', '/v1/screen-activity/sync', { rows: sent })).toEqual({
      synced: 1,
      last_id: 22,
    });
    const { frames } = await ok<{ frames: unknown[] }>('GET', '/v1/screen-activity?query=roofer');
    expect(frames).toHaveLength(1);
    await ok('POST', '/v1/users/screen-activity?value=false');
  });
});

describe('an export of Limitless', () => {
  const talk = (hour: string, text: string) => ({
    name: `lifelogs/2025/05/2025-05-04_${hour}h10m11s_The-garden.md`,
    text: `# The garden\n\n## Roses\n\n> [1](#startMs=1000&endMs=5000): ${text}\n> [2](#startMs=6000&endMs=9000): Fine.\n`,
  });
  const send = async (bytes: Uint8Array, name = 'export.zip') => {
    const form = new FormData();
    form.append('file', new Blob([Uint8Array.from(bytes)]), name);
    const response = await fetch(`${server.url}/v1/import/limitless`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}` },
      body: form,
    });
    return { status: response.status, body: (await response.json()) as { job_id: string } };
  };
  const settled = async (id: string) => {
    let job: Record<string, unknown> = {};
    await eventually(async () => {
      job = await ok('GET', `/v1/import/jobs/${id}`);
      expect(['completed', 'failed']).toContain(job.status);
    });
    return job;
  };

  it('becomes conversations, each once, and goes on request', async () => {
    const empty = { name: 'lifelogs/2025/05/2025-05-04_12h00m00s_x.md', text: '# Nothing' };
    const files = [talk('09', 'We plant roses.'), empty, talk('10', 'We water them.')];
    const archive = limitlessArchive([...files, { name: 'notes.md', text: 'No talk.' }]);
    const first = await settled((await send(archive)).body.job_id);
    expect(first).toMatchObject({
      status: 'completed',
      total_files: 3,
      processed_files: 3,
      conversations_created: 2,
      error: null,
    });
    const again = await settled((await send(archive)).body.job_id);
    expect(again).toMatchObject({ status: 'completed', conversations_created: 0 });
    const made = (
      await ok<{ source: string; structured: object; transcript_segments: object[] }[]>(
        'GET',
        '/v1/conversations?limit=50',
      )
    ).filter(({ source }) => source === 'limitless');
    expect(made).toHaveLength(2);
    expect(made[0]?.structured).toMatchObject({ title: 'The garden', overview: 'Roses' });
    expect(made[0]?.transcript_segments[0]).toMatchObject({ is_user: true, start: 0, end: 4 });
    const gone = await ok<{ deleted_count: number }>(
      'DELETE',
      '/v1/import/limitless/conversations',
    );
    expect(gone.deleted_count).toBe(2);
  });

  it('is refused with a reason if it is none', async () => {
    expect((await send(Buffer.from('text'), 'notes.txt')).status).toBe(400);
    const broken = await settled((await send(Buffer.from('no archive'))).body.job_id);
    expect(broken).toMatchObject({ status: 'failed', error: expect.stringContaining('ZIP') });
    const none = await settled((await send(limitlessArchive([]))).body.job_id);
    expect(none).toMatchObject({ status: 'failed', error: expect.stringContaining('lifelogs/') });
  });
});
