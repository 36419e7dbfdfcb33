import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebhookReceiver } from '../simulators/apps/webhook-receiver.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface AppEntry {
  id: string;
  name: string;
  enabled: boolean;
  installs: number;
  rating_avg: number | null;
}

let server: TestServer;
let receiver: WebhookReceiver;
/** A second user, who owns nothing of the server. */
let eve: string;
let eveUid: string;
/** What the app's own server says, by path. */
const pages: Record<string, unknown> = {};
let appServer: Server;
let appUrl: string;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  appServer = createServer((request, response) => {
    const page = pages[(request.url ?? '').split('?')[0] ?? ''];
    response.writeHead(page === undefined ? 404 : 200).end(JSON.stringify(page ?? {}));
  });
  await new Promise<void>((resolve) => appServer.listen(0, '127.0.0.1', resolve));
  appUrl = `http://127.0.0.1:${(appServer.address() as AddressInfo).port}`;
  server = await startTestServer({ ALLOW_LOOPBACK_URLS: 'true' });
  const { id } = await server.context.accounts.createUser('eve');
  eveUid = id;
  eve = (await server.context.accounts.createToken(id, 'test')).token;
});
afterAll(async () => {
  await server.stop();
  await receiver.close();
  appServer.close();
});

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const NOTES = {
  name: 'Notes',
  description: 'Writes notes.',
  category: 'productivity-and-organization',
  capabilities: ['memories'],
  memory_prompt: 'Write three notes.',
};

async function send(
  method: string,
  path: string,
  data: unknown,
  options: { token?: string; image?: Buffer | null } = {},
): Promise<{ status: number; body: { app_id: string; detail: string } }> {
  const form = new FormData();
  form.set('app_data', typeof data === 'string' ? data : JSON.stringify(data));
  const image = options.image === undefined ? PNG : options.image;
  if (image) form.set('file', new Blob([new Uint8Array(image)]), 'a.png');
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${options.token ?? server.token}` },
    body: form,
  });
  return { status: response.status, body: (await response.json()) as never };
}

async function make(data: object, token = server.token): Promise<string> {
  const { status, body } = await send('POST', '/v1/apps', data, { token });
  expect(body).toMatchObject({ status: 'ok' });
  expect(status).toBe(200);
  return body.app_id;
}

const get = async <T>(path: string, token = server.token): Promise<T> =>
  (await server.api('GET', path, undefined, token)).body as T;

describe('the store', () => {
  it('shows the built-in summary apps in their group, each key as clients expect it', async () => {
    const { groups, meta } = await get<{
      groups: { capability: object; data: AppEntry[]; pagination: object }[];
      meta: { capabilities: { id: string }[]; groupCount: number };
    }>('/v2/apps?offset=0&limit=20');
    expect(meta.capabilities.map(({ id }) => id)).toEqual([
      'popular',
      'external_integration',
      'chat',
      'memories',
      'proactive_notification',
      'tasks',
    ]);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({
      capability: { id: 'memories', title: 'Summary Apps' },
      pagination: { total: 3, count: 3, offset: 0, limit: 20, hasNext: false, hasPrevious: false },
    });
    expect(groups[0]?.data[0]).toMatchObject({
      author: 'omi-backend',
      image: '',
      official: true,
      rating_avg: null,
      price: 0,
      external_integration: null,
      enabled: false,
    });
    const category = await get<{ data: AppEntry[] }>('/v2/apps?category=conversation-analysis');
    expect(category.data).toHaveLength(3);
    const grouped = await get<{ groups: { count: number }[]; meta: object }>(
      '/v2/apps/capability/memories/grouped',
    );
    expect(grouped).toMatchObject({
      meta: { totalApps: 3, groupCount: 1 },
      groups: [{ count: 3 }],
    });
  });

  it('lets a built-in summary app be opened, enabled and chosen', async () => {
    expect(await get('/v1/apps/insight_analyzer')).toMatchObject({ name: 'Insights', reviews: [] });
    expect((await server.api('POST', '/v1/apps/enable?app_id=insight_analyzer')).status).toBe(200);
    expect(await get('/v1/apps/enabled')).toEqual(['insight_analyzer']);
    const chosen = await server.api('PUT', '/v1/users/preferences/app?app_id=insight_analyzer');
    expect(chosen.status).toBe(200);
    expect((await server.api('POST', '/v1/apps/disable?app_id=insight_analyzer')).status).toBe(200);
    expect((await server.api('POST', '/v1/apps/disable?app_id=insight_analyzer')).status).toBe(404);
  });

  it('finds apps by name, own and enabled ones, page by page', async () => {
    const id = await make({ ...NOTES, name: 'Ärzte notes' });
    const search = (query: string) =>
      get<{ data: AppEntry[]; pagination: object; filters: object }>(`/v2/apps/search?${query}`);
    const found = await search('q=rzte%20N');
    expect(found.data.map((app) => app.id)).toEqual([id]);
    expect(found.filters).toMatchObject({ query: 'rzte N', sort: 'name', my_apps: null });
    expect((await search('my_apps=true&category=other')).data.map((app) => app.id)).toEqual([id]);
    expect((await search('installed_apps=true')).data).toEqual([]);
    const names = (await search('sort=name_desc')).data.map((app) => app.name);
    expect(names).toEqual([...names].sort((one, other) => other.localeCompare(one)));
    expect((await search('limit=1&offset=1')).pagination).toMatchObject({
      count: 1,
      hasNext: true,
      hasPrevious: true,
    });
    await server.api('DELETE', `/v1/apps/${id}`);
  });
});

describe('an app', () => {
  it('of the owner of the server is seen by everybody at once; that of another waits', async () => {
    const owners = await make(NOTES);
    expect(await get(`/v1/apps/${owners}`, eve)).toMatchObject({
      approved: true,
      status: 'approved',
      image: expect.stringContaining('/v1/blobs/'),
      memory_prompt: null,
    });
    const others = await make({ ...NOTES, name: 'By Eve' }, eve);
    expect((await server.api('GET', `/v1/apps/${others}`)).status).toBe(404);
    expect(await get(`/v1/apps/${others}`, eve)).toMatchObject({
      status: 'under-review',
      memory_prompt: 'Write three notes.',
    });
    const waiting = await get<AppEntry[]>('/v1/apps/public/unapproved');
    expect(waiting.map(({ id }) => id)).toEqual([others]);
    const approve = `/v1/apps/${others}/approve`;
    expect((await server.api('POST', approve, undefined, eve)).status).toBe(403);
    expect((await server.api('POST', approve)).status).toBe(200);
    expect(await get(`/v1/apps/${others}`)).toMatchObject({ approved: true, name: 'By Eve' });
    for (const [id, token] of [
      [owners, server.token],
      [others, eve],
    ] as const) {
      expect((await server.api('DELETE', `/v1/apps/${id}`, undefined, token)).status).toBe(200);
    }
  });

  it('is refused with a sentence if it is described wrongly', async () => {
    const integration = (parts: object) => ({
      ...NOTES,
      capabilities: ['external_integration'],
      external_integration: parts,
    });
    for (const [data, sentence] of [
      ['no json', 'app_data must be'],
      [{ ...NOTES, name: ' ' }, 'name'],
      [{ ...NOTES, memory_prompt: 'x'.repeat(20_001) }, 'memory_prompt'],
      [{ ...NOTES, memory_prompt: { role: 'system' } }, 'memory_prompt'],
      [{ ...NOTES, capabilities: ['fly'] }, 'Unknown capability'],
      [{ ...NOTES, category: 'nonsense' }, 'Unknown category'],
      [{ ...NOTES, is_paid: true }, 'App price is required'],
      [{ ...NOTES, is_paid: true, price: -1 }, 'negative'],
      [{ ...NOTES, is_paid: true, price: 1 }, 'Payment plan'],
      [integration({}), 'Triggers on or actions is required'],
      [integration({ actions: [{}] }), 'Action field is required'],
      [integration({ actions: [{ action: 'rule_the_world' }] }), 'Unsupported action'],
      [integration({ triggers_on: 'memory_creation' }), 'Webhook URL is required'],
    ] as const) {
      const { status, body } = await send('POST', '/v1/apps', data);
      expect([status, body.detail]).toEqual([422, expect.stringContaining(sentence)]);
    }
    const script = Buffer.from('<svg onload="alert(1)"/>');
    expect((await send('POST', '/v1/apps', NOTES, { image: script })).status).toBe(422);
    expect((await send('POST', '/v1/apps', NOTES, { image: null })).status).toBe(200);
  });

  it('cannot be changed, hidden or deleted by others', async () => {
    const id = await make(NOTES);
    const hidden = `/v1/apps/${id}/change-visibility?private=true`;
    expect((await send('PATCH', `/v1/apps/${id}`, NOTES, { token: eve })).status).toBe(403);
    expect((await server.api('PATCH', hidden, undefined, eve)).status).toBe(403);
    expect((await server.api('DELETE', `/v1/apps/${id}`, undefined, eve)).status).toBe(403);
    expect((await send('PATCH', `/v1/apps/${id}`, { ...NOTES, id, name: 'New' })).status).toBe(200);
    expect(await get(`/v1/apps/${id}`)).toMatchObject({ name: 'New' });
    expect((await server.api('PATCH', hidden)).status).toBe(200);
    expect((await server.api('GET', `/v1/apps/${id}`, undefined, eve)).status).toBe(403);
    await server.api('DELETE', `/v1/apps/${id}`);
  });

  it('cannot make links to files of others out of thumbnails', async () => {
    const id = await make({ ...NOTES, thumbnails: [`recordings/${eveUid}/one.wav`, 'apps/../x'] });
    expect(await get(`/v1/apps/${id}`)).toMatchObject({ thumbnail_urls: [] });
    await server.api('DELETE', `/v1/apps/${id}`);
  });

  it('is enabled only once the user has set it up', async () => {
    const id = await make({
      ...NOTES,
      capabilities: ['external_integration'],
      external_integration: {
        triggers_on: 'memory_creation',
        webhook_url: `${receiver.url}/hook`,
        setup_completed_url: `${appUrl}/setup`,
        auth_steps: [{ name: 'Sign in', url: `${appUrl}/login` }],
      },
    });
    expect(await get(`/v1/apps/${id}`)).toMatchObject({
      external_integration: {
        app_home_url: `${appUrl}/login`,
        webhook_url: `${receiver.url}/hook`,
      },
    });
    expect(await get(`/v1/apps/${id}`, eve)).toMatchObject({
      external_integration: { webhook_url: null },
    });
    const enable = () => server.api('POST', `/v1/apps/enable?app_id=${id}`, undefined, eve);
    expect(await enable()).toEqual({
      status: 400,
      body: { detail: 'App setup is not completed', code: 'bad-request' },
    });
    pages['/setup'] = { is_setup_completed: true };
    expect((await enable()).status).toBe(200);
    expect((await enable()).status).toBe(200);
    expect(await get(`/v1/apps/${id}`, eve)).toMatchObject({ enabled: true, installs: 1 });
    const disable = `/v1/apps/disable?app_id=${id}`;
    expect((await server.api('POST', disable, undefined, eve)).status).toBe(200);
    expect(await get(`/v1/apps/${id}`, eve)).toMatchObject({ enabled: false, installs: 0 });
  });

  it('gets its chat tools from its manifest, as far as they are whole', async () => {
    pages['/tools.json'] = {
      tools: [
        {
          name: 'add',
          description: 'Adds',
          endpoint: '/add',
          parameters: { properties: { n: { type: 'number' } }, required: ['n'], extra: 1 },
        },
        { name: 'no description', endpoint: '/x' },
        'nonsense',
      ],
      chat_messages: { enabled: true, target: 'main' },
    };
    const id = await make({
      ...NOTES,
      capabilities: ['chat'],
      chat_tools: [{ name: 'smuggled', description: 'x', endpoint: 'https://evil.example' }],
      external_integration: {
        chat_tools_manifest_url: `${appUrl}/tools.json`,
        app_home_url: `${appUrl}/`,
      },
    });
    expect(await get(`/v1/apps/${id}`)).toMatchObject({
      chat_tools: [
        {
          name: 'add',
          endpoint: `${appUrl}/add`,
          method: 'POST',
          parameters: { properties: { n: { type: 'number' } }, required: ['n'] },
        },
      ],
      external_integration: { chat_messages_enabled: true, chat_messages_target: 'main' },
    });
    pages['/tools.json'] = { tools: [] };
    const refreshed = await server.api('POST', `/v1/apps/${id}/refresh-manifest`);
    expect(refreshed).toEqual({ status: 200, body: { status: 'ok', tools_count: 0 } });
    delete pages['/tools.json'];
    expect((await server.api('POST', `/v1/apps/${id}/refresh-manifest`)).status).toBe(502);
  });

  it('is installed from the address of its manifest, and renewed from there', async () => {
    pages['/manifest.json'] = { ...NOTES, name: 'From afar' };
    const install = async () =>
      (await server.api('POST', '/v1/apps/install', {
        manifest_url: `${appUrl}/manifest.json`,
      })) as {
        status: number;
        body: { app_id: string };
      };
    const first = await install();
    expect(first.status).toBe(200);
    expect(await get(`/v1/apps/${first.body.app_id}`)).toMatchObject({
      name: 'From afar',
      private: true,
    });
    pages['/manifest.json'] = { ...NOTES, name: 'From afar 2' };
    expect(await install()).toEqual(first);
    expect(await get(`/v1/apps/${first.body.app_id}`)).toMatchObject({ name: 'From afar 2' });
    pages['/manifest.json'] = { name: 'Nothing else' };
    expect((await install()).status).toBe(422);
    for (const manifest_url of ['https://10.1.2.3/m.json', 'file:///etc/passwd', 'nonsense']) {
      const refused = await server.api('POST', '/v1/apps/install', { manifest_url });
      expect([400, 403], manifest_url).toContain(refused.status);
    }
  });
});

describe('reviews', () => {
  it('make the average, are answered by the owner, and one is kept of each user', async () => {
    const id = await make(NOTES);
    const review = (body: object, token = eve, method = 'POST') =>
      server.api(
        method,
        method === 'POST' ? `/v1/apps/review?app_id=${id}` : `/v1/apps/${id}/review`,
        body,
        token,
      );
    expect(await review({ score: 4 }, eve, 'PATCH')).toMatchObject({ status: 404 });
    expect(await review({ review: 'Good' })).toEqual({
      status: 422,
      body: { detail: 'Score is required', code: 'invalid-request' },
    });
    expect((await review({ score: 5 }, server.token)).status).toBe(403);
    expect((await review({ score: 2, review: 'Meh', username: 'Eve' })).status).toBe(200);
    expect((await review({ score: 4, review: 'Better' }, eve, 'PATCH')).status).toBe(200);
    expect(await get(`/v1/apps/${id}`, eve)).toMatchObject({
      rating_avg: 4,
      rating_count: 1,
      reviews: [{ uid: eveUid, score: 4, review: 'Better', response: '' }],
      user_review: { score: 4 },
    });
    const reply = { response: 'Thank you', reviewer_uid: eveUid };
    const path = `/v1/apps/${id}/review/reply`;
    expect((await server.api('PATCH', path, reply, eve)).status).toBe(403);
    expect((await server.api('PATCH', path, reply)).status).toBe(200);
    expect(await get(`/v1/apps/${id}/reviews`)).toMatchObject([
      { response: 'Thank you', responded_at: expect.any(String), updated_at: expect.any(String) },
    ]);
  });
});

describe('the keys of an app', () => {
  it('are shown once, belong to the owner and can be deleted', async () => {
    const id = await make(NOTES);
    const made = (await server.api('POST', `/v1/apps/${id}/keys`)).body as Record<string, string>;
    expect(made.secret).toMatch(/^sk_[0-9a-f]{32}$/);
    expect(made.label).toMatch(/^sk_[0-9a-f]{4}\.\.\.[0-9a-f]{4}$/);
    expect(await get(`/v1/apps/${id}/keys`)).toEqual([
      { id: made.id, label: made.label, created_at: made.created_at },
    ]);
    expect((await server.api('GET', `/v1/apps/${id}/keys`, undefined, eve)).status).toBe(403);
    const gone = await server.api('DELETE', `/v1/apps/${id}/keys/${made.id}`);
    expect(gone).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await get(`/v1/apps/${id}/keys`)).toEqual([]);
  });
});
