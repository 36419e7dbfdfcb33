import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_SCOPES } from '../../src/model/accounts/api-key.ts';
import { RATE_LIMITS } from '../../src/model/usage/rate-limit.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface Created {
  id: string;
  key: string;
  key_prefix: string;
  scopes: string[];
}
interface Row {
  id: string;
}

let server: TestServer;
let key: string;

async function newKey(body: object, kind = 'dev'): Promise<Created> {
  const { status, body: made } = await server.api('POST', `/v1/${kind}/keys`, body);
  expect(status, JSON.stringify(made)).toBe(200);
  return made as Created;
}

/** A call as Omi's command line makes it. */
async function call<T = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
  bearer = key,
): Promise<{ status: number; body: T; headers: Headers }> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${bearer}`,
      'user-agent': 'omi-cli/0.2.0',
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'manual',
  });
  const text = await response.text();
  const parsed = (text === '' ? null : JSON.parse(text)) as T;
  return { status: response.status, body: parsed, headers: response.headers };
}

beforeAll(async () => {
  server = await startTestServer({ RATE_LIMIT_BOOST: '1' });
  key = (await newKey({ name: 'command line', scopes: [...API_SCOPES] })).key;
});
afterAll(() => server.stop());

describe('keys', () => {
  it('shows the secret once, and afterwards only its first and last characters', async () => {
    const made = await newKey({ name: '  laptop ' });
    expect(made.key).toMatch(/^omi_dev_[0-9a-f]{32}$/);
    expect(made.key_prefix).toBe(`omi_dev_${made.key.slice(8, 12)}...${made.key.slice(-4)}`);
    expect(made.scopes).toEqual([
      'conversations:read',
      'memories:read',
      'action_items:read',
      'goals:read',
    ]);
    const { body: list } = await server.api('GET', '/v1/dev/keys');
    expect(JSON.stringify(list)).not.toContain(made.key);
    const [newest] = list as Record<string, unknown>[];
    expect(newest).toMatchObject({ id: made.id, name: 'laptop', last_used_at: null });
    expect((await server.api('GET', '/v1/mcp/keys')).body).toEqual([]);
  });

  it('refuses a blank name and a scope that does not exist', async () => {
    expect(await server.api('POST', '/v1/dev/keys', { name: ' ' })).toEqual({
      status: 422,
      body: { detail: 'Key name cannot be empty', code: 'invalid-request' },
    });
    const unknown = await server.api('POST', '/v1/dev/keys', { name: 'a', scopes: ['all'] });
    expect(unknown.status).toBe(400);
    expect(unknown.body).toMatchObject({
      detail: expect.stringMatching(/^Invalid scopes\. Available: \['conv/),
    });
    const past = { name: 'a', expires_at: '2020-01-01T00:00:00Z' };
    expect((await server.api('POST', '/v1/dev/keys', past)).status).toBe(400);
  });

  it('is refused once it is deleted, and nobody can delete the key of another', async () => {
    const made = await newKey({ name: 'short-lived' });
    const path = '/v1/dev/user/memories?limit=1';
    expect((await call('GET', path, undefined, made.key)).status).toBe(200);
    const other = await server.context.accounts.createUser('key thief');
    const { token } = await server.context.accounts.createToken(other.id, 'test');
    const foreign = await server.api('DELETE', `/v1/dev/keys/${made.id}`, undefined, token);
    expect(foreign.status).toBe(204);
    expect((await call('GET', path, undefined, made.key)).status).toBe(200);
    await server.api('DELETE', `/v1/mcp/keys/${made.id}`);
    expect((await call('GET', path, undefined, made.key)).status).toBe(200);
    expect((await server.api('DELETE', `/v1/dev/keys/${made.id}`)).status).toBe(204);
    const refused = await call('GET', path, undefined, made.key);
    expect([refused.status, refused.body]).toEqual([
      401,
      { detail: 'Invalid API Key', code: 'unauthenticated' },
    ]);
    expect((await server.api('DELETE', `/v1/dev/keys/${made.id}`)).status).toBe(204);
  });

  it('is refused after its expiry, by a route that needs another scope, and by all other routes', async () => {
    const reader = await newKey({ name: 'reader', scopes: ['memories:read'] });
    const write = await call('POST', '/v1/dev/user/memories', { content: 'x' }, reader.key);
    expect([write.status, write.body]).toEqual([
      403,
      { detail: 'Insufficient permissions. Required scope: memories:write', code: 'forbidden' },
    ]);
    expect((await call('GET', '/v1/dev/user/goals', undefined, reader.key)).status).toBe(403);
    expect((await call('GET', '/v3/memories', undefined, reader.key)).status).toBe(401);
    expect((await call('GET', '/v1/dev/keys', undefined, reader.key)).status).toBe(401);
    const mcp = await newKey({ name: 'assistant' }, 'mcp');
    expect(mcp.key).toMatch(/^omi_mcp_[0-9a-f]{32}$/);
    expect((await call('GET', '/v1/dev/user/memories', undefined, mcp.key)).status).toBe(401);
    const soon = new Date(Date.now() + 300).toISOString();
    const brief = await newKey({ name: 'brief', expires_at: soon });
    const status = async () =>
      (await call('GET', '/v1/dev/user/memories', undefined, brief.key)).status;
    await expect.poll(status).toBe(401);
  });

  it('says what is wrong with the header', async () => {
    for (const authorization of [undefined, '', key, `Basic ${key}`, 'Bearer ']) {
      const response = await fetch(`${server.url}/v1/dev/user/memories`, {
        headers: authorization === undefined ? {} : { authorization },
      });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        detail: "Missing or invalid Authorization header. Must be 'Bearer API_KEY'",
        code: 'unauthenticated',
      });
    }
    const unknown = await call(
      'GET',
      '/v1/dev/user/memories',
      undefined,
      `omi_dev_${'0'.repeat(32)}`,
    );
    expect(unknown.body).toEqual({ detail: 'Invalid API Key', code: 'unauthenticated' });
  });

  it('is not needed by whoever is signed in', async () => {
    const { status } = await call('GET', '/v1/dev/user/memories', undefined, server.token);
    expect(status).toBe(200);
  });

  it('ends with the account of its user', async () => {
    const gone = await server.context.accounts.createUser('gone');
    const { apiKeys } = server.context;
    const input = { name: 'left behind', scopes: null, expiresAt: null };
    const made = await apiKeys.create(gone.id, 'dev', input);
    await server.context.deletion.deleteAccount(gone.id);
    expect(await apiKeys.verify('dev', made.key)).toBeNull();
  });
});

describe('memories', () => {
  it('are added, listed, changed and deleted', async () => {
    const made = await call<Row>('POST', '/v1/dev/user/memories', {
      content: '  Plays the cello. ',
      category: 'hobbies',
      tags: ['music'],
    });
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({
      content: 'Plays the cello.',
      category: 'hobbies',
      visibility: 'private',
      tags: ['music'],
      manually_added: true,
      scoring: expect.any(String),
    });
    expect(made.body).not.toHaveProperty('reviewed');
    const path = `/v1/dev/user/memories/${made.body.id}`;
    const listed = await call<Row[]>('GET', '/v1/dev/user/memories?categories=hobbies,work');
    expect(listed.body).toEqual([expect.objectContaining({ id: made.body.id, edited: false })]);
    const changed = await call('PATCH', path, { content: 'Plays the viola.', category: 'core' });
    expect(changed.body).toMatchObject({
      content: 'Plays the viola.',
      category: 'core',
      edited: true,
    });
    expect(await call('PATCH', path, {})).toMatchObject({
      status: 422,
      body: {
        detail: 'At least one field (content, visibility, tags, or category) must be provided',
      },
    });
    expect((await call('PATCH', path, { visibility: 'friends' })).status).toBe(422);
    expect((await call('DELETE', path)).body).toEqual({ success: true });
    expect(await call('DELETE', path)).toMatchObject({
      status: 404,
      body: { detail: 'Memory not found' },
    });
  });

  it('refuse blank and long texts and categories that do not exist', async () => {
    const add = (content: string) => call('POST', '/v1/dev/user/memories', { content });
    expect((await add('   ')).body).toEqual({
      detail: 'content cannot be empty',
      code: 'invalid-request',
    });
    expect((await add('x'.repeat(501))).status).toBe(422);
    const unknown = await call('GET', '/v1/dev/user/memories?categories=cars');
    expect([unknown.status, unknown.body]).toMatchObject([
      400,
      { detail: expect.stringMatching(/^Invalid category/) },
    ]);
  });

  it('come in full pages that neither drop nor repeat one, by offset and by cursor', async () => {
    const texts = Array.from({ length: 25 }, (_, i) => ({ content: `Owns book number ${i}.` }));
    const batch = await call<{ memories: Row[]; created_count: number }>(
      'POST',
      '/v1/dev/user/memories/batch',
      { memories: texts },
    );
    expect(batch.body.created_count).toBe(25);
    const rejected = batch.body.memories[3]?.id ?? '';
    await server.api('POST', `/v3/memories/${rejected}/review?value=false`);
    const expected = batch.body.memories.map(({ id }) => id).filter((id) => id !== rejected);
    const byOffset: string[] = [];
    for (let offset = 0; ; offset += 10) {
      const page = await call<Row[]>('GET', `/v1/dev/user/memories?limit=10&offset=${offset}`);
      byOffset.push(...page.body.map(({ id }) => id));
      if (page.body.length < 10) break;
    }
    const byCursor: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { body: Row[]; headers: Headers } = await call<Row[]>(
        'GET',
        `/v1/dev/user/memories?limit=10&cursor=${cursor}`,
      );
      byCursor.push(...page.body.map(({ id }) => id));
      cursor = page.headers.get('x-next-cursor');
    }
    expect(byOffset.toSorted()).toEqual(expected.toSorted());
    expect(byCursor).toEqual(byOffset);
    const both = await call('GET', '/v1/dev/user/memories?offset=1&cursor=abc');
    expect(both.status).toBe(400);
    expect((await call('GET', '/v1/dev/user/memories?cursor=abc')).status).toBe(400);
    expect((await call('POST', '/v1/dev/user/memories/batch', { memories: [] })).body).toEqual({
      memories: [],
      created_count: 0,
    });
    const tooMany = { memories: [...texts, { content: 'One more.' }] };
    expect((await call('POST', '/v1/dev/user/memories/batch', tooMany)).status).toBe(422);
  });
});

describe('tasks', () => {
  const path = '/v1/dev/user/action-items';

  it('are added, listed, changed and deleted', async () => {
    const due = '2026-12-24T18:00:00Z';
    const made = await call<Row>('POST', path, { description: 'Buy candles', due_at: due });
    expect(made.body).toMatchObject({
      description: 'Buy candles',
      completed: false,
      due_at: '2026-12-24T18:00:00.000Z',
      conversation_id: null,
    });
    const one = `${path}/${made.body.id}`;
    const done = await call('PATCH', one, { completed: true });
    expect(done.body).toMatchObject({ completed: true, completed_at: expect.any(String) });
    const listed = await call<Row[]>('GET', `${path}?completed=true&limit=200&offset=0`);
    expect(listed.body.map(({ id }) => id)).toContain(made.body.id);
    expect((await call<Row[]>('GET', `${path}?completed=false`)).body).toEqual([]);
    expect((await call('PATCH', one, { due_at: null })).body).toMatchObject({ due_at: null });
    expect((await call('PATCH', one, {})).body).toEqual({
      detail: 'At least one field must be provided',
      code: 'invalid-request',
    });
    expect((await call('DELETE', one)).body).toEqual({ success: true });
    expect((await call('PATCH', one, { completed: false })).body).toEqual({
      detail: 'Action item not found',
      code: 'not-found',
    });
  });

  it('are added by fifty, and shown by their last change', async () => {
    const items = Array.from({ length: 50 }, (_, i) => ({ description: `Task ${i}` }));
    const made = await call<{ action_items: Row[]; created_count: number }>(
      'POST',
      `${path}/batch`,
      { action_items: items },
    );
    expect(made.body.created_count).toBe(50);
    const since = new Date().toISOString();
    const [first] = made.body.action_items;
    await call('PATCH', `${path}/${first?.id}`, { description: 'Task 0, later' });
    const news = await call<Row[]>('GET', `${path}?updated_since=${since}`);
    expect(news.body.map(({ id }) => id)).toEqual([first?.id]);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { body: Row[]; headers: Headers } = await call<Row[]>(
        'GET',
        `${path}?updated_since=2020-01-01&limit=20&cursor=${cursor}`,
      );
      seen.push(...page.body.map(({ id }) => id));
      cursor = page.headers.get('x-next-cursor');
    }
    expect(seen).toHaveLength(50);
    expect(new Set(seen).size).toBe(50);
    expect(seen.at(-1)).toBe(first?.id);
  });
});

describe('conversations', () => {
  const path = '/v1/dev/user/conversations';

  it('are made of a text and processed before the answer', async () => {
    const made = await call<Row>('POST', path, {
      text: 'We agreed that Anna sends the offer to the Lisbon office by Friday.',
      text_source: 'message',
      started_at: '2026-05-04T10:00:00Z',
    });
    expect(made.body).toEqual({ id: expect.any(String), status: 'completed', discarded: false });
    const read = await call('GET', `${path}/${made.body.id}?include_transcript=true`);
    expect(read.body).toMatchObject({
      id: made.body.id,
      started_at: '2026-05-04T10:00:00.000Z',
      finished_at: '2026-05-04T10:05:00.000Z',
      language: 'en',
      source: 'external_integration',
      transcript_segments: [
        { text: expect.stringContaining('Lisbon'), speaker_name: expect.any(String) },
      ],
    });
    const without = await call('GET', `${path}/${made.body.id}`);
    expect(without.body).toMatchObject({ transcript_segments: null });
    // The command line sends it again after 30 s without an answer.
    const again = await call<Row>('POST', path, {
      text: 'We agreed that Anna sends the offer to the Lisbon office by Friday.',
      text_source: 'message',
      started_at: '2026-05-04T10:00:00Z',
    });
    expect(again.body.id).toBe(made.body.id);
  });

  it('are made of segments, with speakers by name', async () => {
    const person = await server.api('POST', '/v1/users/people', { name: 'Beatrice' });
    const made = await call<Row>('POST', `${path}/from-segments`, {
      transcript_segments: [
        {
          text: 'The roof of the barn leaks.',
          start: 0,
          end: 4,
          person_id: (person.body as Row).id,
        },
        { text: 'I call the roofer tomorrow.', start: 4.5, end: 8, is_user: true, speaker_id: 1 },
        { text: 'Good.', start: 8, end: 9, speaker: 'SPEAKER_02', person_id: 'nobody' },
      ],
      source: 'phone',
    });
    expect(made.body).toMatchObject({ status: 'completed', discarded: false });
    const read = await call<{ transcript_segments: object[]; source: string }>(
      'GET',
      `${path}/${made.body.id}?include_transcript=true`,
    );
    expect(read.body.source).toBe('phone');
    expect(read.body.transcript_segments).toMatchObject([
      { text: 'The roof of the barn leaks.', speaker_name: 'Beatrice', start: 0, end: 4 },
      {
        text: 'I call the roofer tomorrow.',
        speaker_name: 'User',
        speaker_id: 1,
        start: 4.5,
        end: 8,
      },
      { text: 'Good.', speaker_name: 'Speaker 2', speaker_id: 2 },
    ]);
  });

  it('refuse what makes no sense', async () => {
    const segments = (segment: object) =>
      call('POST', `${path}/from-segments`, { transcript_segments: [segment] });
    const details = [
      (await segments({ text: 'a', start: 2, end: 1 })).body,
      (await segments({ text: 'a', start: -1, end: 1 })).body,
      (await segments({ text: ' ', start: 0, end: 1 })).body,
      (await call('POST', path, { text: '  ' })).body,
      (
        await call('POST', path, {
          text: 'a',
          started_at: '2026-05-04T10:00:00Z',
          finished_at: '2026-05-04T09:00:00Z',
        })
      ).body,
    ];
    expect(details).toEqual([
      { detail: 'Segment 0: end time must be after start time', code: 'invalid-request' },
      { detail: 'Segment 0: start time cannot be negative', code: 'invalid-request' },
      { detail: 'Segment 0: text cannot be empty', code: 'invalid-request' },
      { detail: 'text cannot be empty', code: 'invalid-request' },
      { detail: 'finished_at must be after started_at', code: 'invalid-request' },
    ]);
    expect((await call('POST', `${path}/from-segments`, { transcript_segments: [] })).status).toBe(
      422,
    );
    expect((await call('GET', `${path}/6fb1a2c4-0000-4000-8000-000000000000`)).status).toBe(404);
  });

  it('are listed with every filter, changed, hidden and deleted', async () => {
    const made = await call<Row>('POST', path, { text: 'A talk about the harvest of plums.' });
    const one = `${path}/${made.body.id}`;
    const ids = async (query: string) =>
      (await call<Row[]>('GET', `${path}?${query}`)).body.map(({ id }) => id);
    expect((await ids('limit=1'))[0]).toBe(made.body.id);
    const folder = (await server.api('POST', '/v1/folders', { name: 'Garden' })).body as Row;
    await server.api('PATCH', `/v1/conversations/${made.body.id}/folder`, { folder_id: folder.id });
    expect(await ids(`folder_id=${folder.id}`)).toEqual([made.body.id]);
    expect(await ids('starred=true')).toEqual([]);
    expect(await ids('start_date=2030-01-01')).toEqual([]);
    expect((await call('GET', `${path}?categories=plums`)).status).toBe(400);
    const folders = await call<Row[]>('GET', '/v1/dev/user/folders');
    expect(folders.body.map(({ id }) => id)).toContain(folder.id);
    expect((await call('GET', one)).body).toMatchObject({ folder_name: 'Garden' });

    const titled = await call('PATCH', one, { title: 'Plums' });
    expect(titled.body).toMatchObject({ structured: { title: 'Plums' } });
    expect((await call('PATCH', one, {})).status).toBe(422);
    await call('PATCH', one, { discarded: true });
    expect(await ids('limit=100')).not.toContain(made.body.id);
    expect((await call('DELETE', one)).body).toEqual({ success: true });
    expect((await call('DELETE', one)).status).toBe(404);
  });
});

describe('goals', () => {
  it('are added, followed, changed and deleted', async () => {
    const path = '/v1/dev/user/goals';
    const made = await call<Row>('POST', path, { title: 'Read', target_value: 12, unit: 'books' });
    expect(made.body).toMatchObject({ goal_type: 'scale', current_value: 0, is_active: true });
    const one = `${path}/${made.body.id}`;
    const moved = await call('PATCH', `${one}/progress?current_value=3.5`);
    expect(moved.body).toMatchObject({ current_value: 3.5 });
    expect((await call('GET', `${one}/history?days=7`)).body).toMatchObject([{ value: 3.5 }]);
    expect((await call('PATCH', one, { title: 'Read more' })).body).toMatchObject({
      title: 'Read more',
    });
    expect((await call('PATCH', one, {})).status).toBe(422);
    expect((await call('GET', path)).body).toMatchObject([{ id: made.body.id }]);
    expect((await call('GET', `${path}?include_inactive=true`)).body).toHaveLength(1);
    expect((await call('GET', one)).body).toMatchObject({ id: made.body.id });
    expect((await call('DELETE', one)).body).toEqual({ success: true });
    expect((await call('GET', one)).body).toEqual({ detail: 'Goal not found', code: 'not-found' });
  });
});

describe('questions and days', () => {
  it('answers a question from what was said, and keeps and changes nothing', async () => {
    const source = await call<Row>('POST', '/v1/dev/user/conversations', {
      text: 'The dentist Dr. Okafor moved to Harbour Street 12.',
    });
    const asked = await call<{ answer: string; conversations: Row[] }>('POST', '/v1/dev/user/ask', {
      question: 'Where did the dentist move to?',
    });
    expect(asked.status).toBe(200);
    expect(asked.body.answer).toContain('Harbour Street');
    expect(asked.body.conversations.map(({ id }) => id)).toContain(source.body.id);
    const tasks = async () =>
      (await call<Row[]>('GET', '/v1/dev/user/action-items?limit=1000')).body.length;
    const before = await tasks();
    await call('POST', '/v1/dev/user/ask', { question: 'Remind me to water the plants' });
    expect(await tasks()).toBe(before);
    const { body: messages } = await server.api('GET', '/v2/messages');
    expect(JSON.stringify(messages)).not.toContain('dentist');
  });

  it('shows summaries of days', async () => {
    const day = await server.api('POST', '/v1/users/daily-summary-settings/test', {
      date: new Date().toISOString().slice(0, 10),
    });
    const { id } = day.body as Row;
    const list = await call<Row[]>('GET', '/v1/dev/user/daily-summaries?limit=5');
    expect(list.body.map((summary) => summary.id)).toEqual([id]);
    expect((await call('GET', `/v1/dev/user/daily-summaries/${id}`)).body).toMatchObject({ id });
    expect((await call('GET', '/v1/dev/user/daily-summaries?end_date=2020-01-01')).body).toEqual(
      [],
    );
  });
});

describe('rate limits', () => {
  it('tells on every answer how many requests are left, and names the policy that was exceeded', async () => {
    const first = await call('GET', '/v1/dev/user/memories?limit=1');
    const { max } = RATE_LIMITS['dev:requests'];
    expect(first.headers.get('x-ratelimit-limit')).toBe(String(max));
    expect(Number(first.headers.get('x-ratelimit-remaining'))).toBeLessThan(max);
    expect(Number(first.headers.get('x-ratelimit-reset'))).toBeGreaterThan(0);

    const hasty = await server.context.accounts.createUser('hasty');
    const made = await server.context.apiKeys.create(hasty.id, 'dev', {
      name: 'loop',
      scopes: ['memories:write'],
      expiresAt: null,
    });
    for (let i = 0; i < RATE_LIMITS['dev:memories_batch'].max; i += 1) {
      await server.context.rateLimiter.take(
        'dev:memories_batch',
        hasty.id,
        RATE_LIMITS['dev:memories_batch'],
      );
    }
    const refused = await call('POST', '/v1/dev/user/memories/batch', { memories: [] }, made.key);
    expect(refused.status).toBe(429);
    expect(refused.body).toEqual({
      code: 'rate-limited',
      detail: expect.stringMatching(
        /^Rate limit exceeded \(dev:memories_batch\)\. Try again in \d+s\.$/,
      ),
    });
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  });
});
