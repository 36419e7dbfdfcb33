import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './test-server.ts';

interface Row {
  id: string;
}

let server: TestServer;
let key: string;
let conversationId: string;

beforeAll(async () => {
  server = await startTestServer();
  const made = await server.api('POST', '/v1/mcp/keys', { name: 'desktop assistant' });
  key = (made.body as { key: string }).key;
  const talk = await server.api('POST', '/v1/dev/user/conversations/from-segments', {
    transcript_segments: [
      { text: 'The ferry to Gotland leaves at seven.', start: 0, end: 3 },
      { text: 'Then I book the cabin today.', start: 3, end: 6, is_user: true },
    ],
    started_at: '2026-05-04T10:00:00Z',
  });
  conversationId = (talk.body as Row).id;
});
afterAll(() => server.stop());

/** A call as Omi's program on the user's machine makes it. */
const call = async (method: string, path: string, body?: unknown) =>
  await server.api(method, `/v1/mcp/${path}`, body, key);

it('adds, lists, changes and deletes memories', async () => {
  const made = await call('POST', 'memories', { content: 'Owns a boat.', category: 'hobbies' });
  expect(made).toEqual({
    status: 200,
    body: {
      content: 'Owns a boat.',
      category: 'hobbies',
      visibility: 'private',
      tags: [],
      headline: null,
    },
  });
  const listed = await call('GET', 'memories?limit=100&offset=0&categories=hobbies,work');
  expect(listed.body).toEqual([
    { id: expect.any(String), content: 'Owns a boat.', category: 'hobbies' },
  ]);
  const [{ id }] = listed.body as [Row];
  // The phone app knows three categories.
  expect((await server.api('GET', '/v3/memories')).body).toMatchObject([{ category: 'system' }]);
  expect(await call('PATCH', `memories/${id}?value=Sold%20the%20boat.`)).toEqual({
    status: 200,
    body: { status: 'ok' },
  });
  expect((await call('GET', 'memories')).body).toMatchObject([{ content: 'Sold the boat.' }]);
  expect(await call('DELETE', `memories/${id}`)).toEqual({ status: 200, body: { status: 'ok' } });
  expect(await call('DELETE', `memories/${id}`)).toEqual({
    status: 404,
    body: { detail: 'Memory not found', code: 'not-found' },
  });
  expect((await call('GET', 'memories?categories=boats')).status).toBe(400);
});

it('lists, searches and reads conversations', async () => {
  const row = {
    id: conversationId,
    started_at: '2026-05-04T10:00:00.000Z',
    finished_at: '2026-05-04T10:00:06.000Z',
    structured: {
      title: expect.any(String),
      overview: expect.any(String),
      category: expect.any(String),
    },
    language: 'en',
  };
  const day = 'start_date=2026-05-04T00:00:00&end_date=2026-05-04T23:59:59';
  expect((await call('GET', `conversations?${day}&limit=20&offset=0`)).body).toEqual([row]);
  expect((await call('GET', 'conversations?end_date=2026-05-03T23:59:59')).body).toEqual([]);
  const found = await call('GET', 'conversations/search?query=ferry&start_date=2026-05-04&limit=5');
  expect(found.body).toEqual([row]);
  expect(await call('GET', 'conversations/search?query=ferry&start_date=May')).toEqual({
    status: 400,
    body: { detail: "Invalid start_date format: 'May'. Expected YYYY-MM-DD.", code: 'bad-request' },
  });
  expect((await call('GET', `conversations/${conversationId}`)).body).toEqual({
    ...row,
    transcript_segments: [
      expect.objectContaining({ text: 'The ferry to Gotland leaves at seven.', start: 0, end: 3 }),
      expect.objectContaining({ text: 'Then I book the cabin today.', speaker_name: 'User' }),
    ],
  });
  const missing = await call('GET', 'conversations/6fb1a2c4-0000-4000-8000-000000000000');
  expect(missing).toEqual({
    status: 404,
    body: { detail: 'Conversation not found', code: 'not-found' },
  });
});

it('shows tasks that have changed since a time', async () => {
  const made = await server.api('POST', '/v1/action-items', { description: 'Pack the bags' });
  const news = await call('GET', 'action-items?updated_since=2020-01-01T00:00:00Z');
  expect(JSON.stringify(news.body)).toContain((made.body as Row).id);
  expect((await call('GET', 'action-items?updated_since=2100-01-01T00:00:00Z')).body).toEqual([]);
});

it('refuses keys of the developer API and missing scopes', async () => {
  const dev = (await server.api('POST', '/v1/dev/keys', { name: 'script' })).body as {
    key: string;
  };
  const refused = await server.api('GET', '/v1/mcp/memories', undefined, dev.key);
  expect(refused).toEqual({
    status: 401,
    body: { detail: 'Invalid API Key', code: 'unauthenticated' },
  });
  const reader = (
    await server.api('POST', '/v1/mcp/keys', { name: 'reader', scopes: ['memories:read'] })
  ).body as { key: string };
  const write = await server.api('POST', '/v1/mcp/memories', { content: 'x' }, reader.key);
  expect(write.status).toBe(403);
});
