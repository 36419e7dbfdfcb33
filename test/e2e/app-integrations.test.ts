import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppDraft } from '../../src/apps/app-authoring.ts';
import { externalIntegrationSchema } from '../../src/model/apps/app.ts';
import { WebhookReceiver } from '../simulators/apps/webhook-receiver.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const ALL_ACTIONS = [
  'create_conversation',
  'create_facts',
  'read_memories',
  'read_conversations',
  'read_tasks',
];

let server: TestServer;
let receiver: WebhookReceiver;
let app: { id: string; key: string };
let limited: { id: string; key: string };
let other: { uid: string; token: string };

async function makeApp(actions: readonly string[], parts: Partial<AppDraft> = {}) {
  const made = await server.context.appAuthoring.create(
    server.uid,
    {
      name: 'Bridge',
      description: 'Brings things <b>over</b>.',
      capabilities: ['external_integration'],
      externalIntegration: externalIntegrationSchema.parse({
        actions: actions.map((action) => ({ action })),
        appHomeUrl: 'https://bridge.example/home?from=omi',
      }),
      ...parts,
    },
    null,
  );
  return { id: made.id, key: (await server.context.appKeys.create(made.id)).secret };
}

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  server = await startTestServer({ ALLOW_LOOPBACK_URLS: 'true' });
  const { id } = await server.context.accounts.createUser('other');
  other = { uid: id, token: (await server.context.accounts.createToken(id, 'test')).token };
  app = await makeApp(ALL_ACTIONS);
  limited = await makeApp(['read_tasks']);
  for (const { id: appId } of [app, limited]) {
    await server.context.appEnabling.enable(server.uid, appId);
  }
});
afterAll(async () => {
  await server.stop();
  await receiver.close();
});

const call = (method: string, path: string, body?: unknown, key = app.key, appId = app.id) =>
  server.api(
    method,
    `/v2/integrations/${appId}/${path}${path.includes('?') ? '&' : '?'}uid=${server.uid}`,
    body,
    key,
  );

describe('an app with a key', () => {
  it('adds a conversation, which is processed before the answer, and reads it', async () => {
    const text = 'Anna: We paint the fence on Saturday.\nBen: I will buy the paint.';
    expect(await call('POST', 'user/conversations', { text, language: 'en' })).toEqual({
      status: 200,
      body: {},
    });
    const listed = await call('GET', 'conversations?max_transcript_segments=1');
    expect(listed.body).toMatchObject({
      conversations: [
        {
          app_id: app.id,
          source: 'external_integration',
          status: 'completed',
          structured: { title: expect.stringMatching(/./) },
          transcript_segments: [{ text: 'We paint the fence on Saturday.' }],
        },
      ],
    });
    expect(JSON.stringify(listed.body)).not.toContain('null');
    const found = await call('POST', 'search/conversations', { query: 'fence' });
    expect(found.body).toMatchObject({
      conversations: [{ app_id: app.id }],
      current_page: 1,
      total_pages: 1,
    });
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const later = await call('GET', `conversations?start_date=${tomorrow}`);
    expect(later.body).toEqual({ conversations: [] });
    expect((await call('GET', 'conversations?start_date=soon')).status).toBe(400);
    expect((await call('GET', 'conversations?statuses=failed&statuses=merging')).body).toEqual({
      conversations: [],
    });
  });

  it('adds memories under both names, and reads them', async () => {
    const memories = [{ content: 'Likes paint.', tags: ['colour'] }];
    expect(await call('POST', 'user/memories', { memories })).toEqual({ status: 200, body: {} });
    const text = { text: 'Owns a fence.', text_source: 'other', text_source_spec: 'notion' };
    expect(await call('POST', 'user/facts', text)).toEqual({ status: 200, body: {} });
    const { body } = await call('GET', 'memories?limit=10');
    const contents = (body as { memories: { content: string }[] }).memories.map((m) => m.content);
    expect(contents).toEqual(expect.arrayContaining(['Likes paint.', 'Owns a fence.']));
    expect((await call('POST', 'user/memories', { text: null, memories: [] })).status).toBe(422);
    const long = await call('POST', 'user/memories', { text: 'word '.repeat(200) });
    expect(long).toMatchObject({ status: 503, body: { detail: expect.stringContaining('model') } });
  });

  it('reads tasks', async () => {
    await server.api('POST', '/v1/action-items', { description: 'Buy brushes' });
    const { body } = await call('GET', 'tasks?completed=false');
    expect((body as { tasks: object[] }).tasks).toEqual(
      expect.arrayContaining([expect.objectContaining({ description: 'Buy brushes' })]),
    );
    expect(JSON.stringify(body)).not.toContain('null');
  });

  it('tells the user something by query or body, ten times an hour', async () => {
    const path = `/v2/integrations/${app.id}/notification?uid=${server.uid}&message=Paint%20is%20dry`;
    const response = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.key}` },
    });
    expect([response.status, await response.json()]).toEqual([200, { status: 'Ok' }]);
    expect(response.headers.get('x-ratelimit-limit')).toBe('10');
    const notify = () =>
      server.api(
        'POST',
        '/v1/integrations/notification',
        { uid: server.uid, aid: app.id, message: 'Second coat' },
        app.key,
      );
    for (let i = 0; i < 9; i += 1) expect((await notify()).status).toBe(200);
    expect(await notify()).toMatchObject({
      status: 429,
      body: { detail: 'Rate limit exceeded. Maximum 10 notifications per hour.' },
    });
    const { body } = await server.api('GET', `/v2/messages?app_id=${app.id}`);
    const texts = (body as { text: string }[]).map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(['Paint is dry', 'Second coat']));
  });

  it('is refused in the order of the contract', async () => {
    const memories = { memories: [{ content: 'No.' }] };
    const refused = async (
      path: string,
      options: { key?: string; uid?: string; body?: unknown; method?: string },
    ) => {
      const { key = app.key, uid = server.uid, body, method = 'GET' } = options;
      const address = `/v2/integrations/${path}?uid=${uid}`;
      const answer = await server.api(method, address, body, key);
      return [answer.status, (answer.body as { detail: string }).detail];
    };
    expect(await refused(`${app.id}/memories`, { key: 'sk_00' })).toEqual([
      403,
      'Invalid integration API key',
    ]);
    expect(await refused(`${app.id}/memories`, { key: limited.key })).toEqual([
      403,
      'Invalid integration API key',
    ]);
    expect(await refused(`${app.id}/memories`, { uid: other.uid })).toEqual([
      403,
      'App is not enabled for this user',
    ]);
    expect(await refused(`${limited.id}/memories`, { key: limited.key })).toEqual([
      403,
      'App does not have the capability to read memories',
    ]);
    const write = { key: limited.key, method: 'POST', body: memories };
    expect(await refused(`${limited.id}/user/memories`, write)).toEqual([
      403,
      'App does not have the capability to create memories',
    ]);
    const missing = await fetch(`${server.url}/v2/integrations/${app.id}/memories?uid=x`);
    expect([missing.status, await missing.json()]).toEqual([
      401,
      {
        detail: "Missing or invalid Authorization header. Must be 'Bearer API_KEY'",
        code: 'unauthenticated',
      },
    ]);
  });

  it('reads nothing more once the user has disabled it', async () => {
    await server.api('POST', `/v1/apps/disable?app_id=${limited.id}`);
    const after = await call('GET', 'tasks', undefined, limited.key, limited.id);
    expect(after).toEqual({
      status: 403,
      body: { detail: 'App is not enabled for this user', code: 'forbidden' },
    });
  });
});

describe('apps that answer each conversation with another', () => {
  it('are told of no more than three in a row', async () => {
    const circle = await makeApp(['create_conversation'], {
      name: 'Circle',
      externalIntegration: externalIntegrationSchema.parse({
        triggersOn: 'memory_creation',
        webhookUrl: `${receiver.url}/circle`,
        actions: [{ action: 'create_conversation' }],
      }),
    });
    await server.context.appEnabling.enable(server.uid, circle.id);
    const pending: Promise<unknown>[] = [];
    receiver.answer = (_, index) => {
      const body = { text: `Answer number ${index} about the fence.`, text_source: 'message' };
      pending.push(call('POST', 'user/conversations', body, circle.key, circle.id));
      return { status: 200 };
    };
    const first = { text: 'Begin with the fence.', text_source: 'message' };
    await call('POST', 'user/conversations', first);
    await expect.poll(() => receiver.received.length).toBe(4);
    await expect.poll(() => pending.length).toBe(4);
    await Promise.all(pending);
    const { store } = server.context;
    await expect
      .poll(async () => {
        const page = await store.query((await import('../../src/model/jobs.ts')).jobs, '', {
          query: 'ofUser',
          filters: { uid: server.uid, state: 'waiting' },
          limit: 50,
        });
        return page.items.filter(({ kind }) => kind === 'announce' || kind === 'webhook').length;
      })
      .toBe(0);
    expect(receiver.received).toHaveLength(4);
  });
});

describe('installing an app from its own pages', () => {
  const authorize = (id: string) =>
    fetch(`${server.url}/v1/oauth/authorize?app_id=${id}&state=%22%3E%3Cscript%3E`);
  const agree = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/v1/oauth/token`, {
      method: 'POST',
      redirect: 'manual',
      headers,
      body: new URLSearchParams(fields),
    });

  it('shows a page that says what the app may do, without script', async () => {
    const page = await authorize(app.id);
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(html).toContain('Install Bridge?');
    expect(html).toContain('Read what is known about the user.');
    expect(html).not.toMatch(/<script|<b>/);
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'self' https://bridge.example");
    expect((await authorize('nothing')).status).toBe(404);
    expect((await authorize('summary_assistant')).status).toBe(400);
  });

  it('enables it for whoever agrees, and goes back with the user', async () => {
    const fields = { app_id: app.id, state: 's1', firebase_id_token: other.token };
    const answer = await agree(fields);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { uid: other.uid, redirect_url: 'https://bridge.example/home?from=omi', state: 's1' },
    ]);
    expect(await server.context.appEnabling.isEnabled(other.uid, app.id)).toBe(true);
    const browser = await agree(fields, { accept: 'text/html' });
    expect([browser.status, browser.headers.get('location')]).toEqual([
      303,
      `https://bridge.example/home?from=omi&uid=${other.uid}&state=s1`,
    ]);
  });

  it('needs a token or a session of this server’s own pages', async () => {
    expect((await agree({ app_id: app.id })).status).toBe(401);
    expect((await agree({ app_id: app.id, firebase_id_token: 'wrong' })).status).toBe(401);
    const foreign = { cookie: `omi_session=${other.token}`, 'sec-fetch-site': 'cross-site' };
    expect((await agree({ app_id: app.id }, foreign)).status).toBe(401);
  });
});

describe('generators', () => {
  it('say what to do if no model is there', async () => {
    const described = await server.api('POST', '/v1/app/generate-description', {
      name: 'Notes',
      description: 'notes',
    });
    expect(described).toMatchObject({
      status: 503,
      body: { detail: expect.stringContaining('No language model') },
    });
    const icon = { name: 'a', description: 'b', category: 'other' };
    expect((await server.api('POST', '/v1/app/generate-icon', icon)).status).toBe(503);
    const ideas = await server.api('GET', '/v1/app/generate-prompts');
    expect((ideas.body as { prompts: string[] }).prompts).toHaveLength(5);
    const nothing = { name: '', description: 'x' };
    expect((await server.api('POST', '/v1/app/generate-description', nothing)).status).toBe(422);
  });
});
