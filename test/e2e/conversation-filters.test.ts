import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addConversation } from './chat-world.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface Listed {
  id: string;
}

const HOUR = 3_600_000;
let server: TestServer;
let ben = '';
let other = '';

beforeAll(async () => {
  server = await startTestServer();
  const { uid, context } = server;
  const added = await server.api('POST', '/v1/users/people', { name: 'Ben' });
  ben = (added.body as { id: string }).id;
  const { id } = await context.accounts.createUser('other');
  other = (await context.accounts.createToken(id, 'test')).token;
  const now = Date.now();
  const said = { text: 'The budget of the boat is four thousand euros.', personId: ben };
  for (const [index, name] of ['boat', 'shed', 'barn'].entries()) {
    const parts = { id: name, createdAt: now - index * HOUR, source: 'web' as const };
    await addConversation(
      server,
      uid,
      parts,
      `The ${name}`,
      index < 2 ? [said] : [{ text: 'No.' }],
    );
  }
  const phone = { id: 'phone', createdAt: now - 9 * HOUR, source: 'phone' as const };
  await addConversation(server, uid, phone, 'The phone', [said]);
});
afterAll(() => server.stop());

const listed = async (query: string, token = server.token): Promise<string[]> => {
  const { status, body } = await server.api('GET', `/v1/conversations?${query}`, undefined, token);
  expect(status).toBe(200);
  return (body as Listed[]).map(({ id }) => id);
};
const searched = async (body: object, query = ''): Promise<string[]> => {
  const found = await server.api('POST', '/v1/conversations/search', { query, ...body });
  expect(found.status).toBe(200);
  return (found.body as { items: Listed[] }).items.map(({ id }) => id);
};

describe('lists and searches of conversations', () => {
  it('are narrowed to a person who speaks in them, page by page', async () => {
    expect(await listed(`person_id=${ben}`)).toEqual(['boat', 'shed', 'phone']);
    expect(await listed(`person_id=${ben}&limit=1&offset=1`)).toEqual(['shed']);
    expect(await searched({ person_id: ben })).toEqual(['boat', 'shed', 'phone']);
    expect((await searched({ person_id: ben }, 'budget')).toSorted()).toEqual([
      'boat',
      'phone',
      'shed',
    ]);
    expect(await listed('person_id=nobody')).toEqual([]);
    expect(await listed(`person_id=${ben}`, other)).toEqual([]);
  });

  it('are narrowed to a source and a category, and both with a person', async () => {
    expect(await listed('source=web')).toEqual(['boat', 'shed', 'barn']);
    expect(await listed('source=web&limit=1&offset=2')).toEqual(['barn']);
    expect(await listed(`source=phone&person_id=${ben}`)).toEqual(['phone']);
    expect(await searched({ source: 'phone' }, 'budget')).toEqual(['phone']);
    expect(await listed('category=other')).toHaveLength(4);
    expect(await listed('category=music')).toEqual([]);
    expect(await searched({ category: 'music' })).toEqual([]);
  });

  it('refuse a category or source that there is none of', async () => {
    expect((await server.api('GET', '/v1/conversations?category=cars')).status).toBe(422);
    expect((await server.api('GET', '/v1/conversations?source=toaster')).status).toBe(422);
  });

  it('are offered the categories and sources that there are', async () => {
    const path = '/v1/conversations/filters';
    expect((await server.api('GET', path)).body).toEqual({
      categories: ['other'],
      sources: ['phone', 'web'],
    });
    expect((await server.api('GET', path, undefined, other)).body).toEqual({
      categories: [],
      sources: [],
    });
  });
});
