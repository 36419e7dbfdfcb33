import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../fixtures/eventually.ts';
import { ListenClient } from './listen-client.ts';
import { startTestServer, type TestServer } from './test-server.ts';

// Routes that only Omi's newest phone app calls, by the rules of its parsers.
let server: TestServer;
let conversationId: string;

async function get(path: string): Promise<Record<string, unknown>> {
  const { status, body } = await server.api('GET', path);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as Record<string, unknown>;
}

beforeAll(async () => {
  server = await startTestServer();
  const client = await ListenClient.connect(server.wsUrl, server.token, { custom_stt: 'enabled' });
  await client.ready();
  client.suggest([
    { text: 'I will send the lighthouse report to the committee tomorrow.', start: 0, end: 240 },
    {
      text: 'The lighthouse needs a new roof before winter.',
      start: 241,
      end: 300,
      speaker: 'SPEAKER_01',
    },
  ]);
  await client.until(() => client.segments.size === 2);
  const { body } = await server.api('POST', '/v1/conversations', {});
  await client.close();
  conversationId = (body as { conversation: { id: string } }).conversation.id;
  await server.api('POST', '/v3/memories', { content: 'Lives in Lisbon.' });
  await server.api('PATCH', `/v1/conversations/${conversationId}/starred?starred=true`);
});
afterAll(() => server.stop());

describe('the search page', () => {
  it('counts what there is, as integers', async () => {
    expect(await get('/v1/search/overview')).toMatchObject({
      starred: 1,
      recaps: 0,
      memories: expect.any(Number),
      people: 0,
      places: 0,
      folders: expect.any(Array),
    });
  });

  it('finds memories with every key that the app reads', async () => {
    await eventually(async () => {
      const { items } = await get('/memory/search?query=Lisbon&limit=10');
      expect(items).toMatchObject([{ content: 'Lives in Lisbon.', memory_id: expect.any(String) }]);
    });
    const { status, body } = await server.api('GET', '/memory/search?limit=501');
    expect([status, body]).toEqual([
      400,
      expect.objectContaining({ detail: 'limit must be between 1 and 500', code: 'bad-request' }),
    ]);
  });

  it('searches summaries of days by words', async () => {
    const today = new Date().toISOString().slice(0, 10);
    await server.api('POST', '/v1/users/daily-summary-settings/test', { date: today });
    const found = await get('/v1/users/daily-summaries/search?query=lighthouse');
    expect(found.summaries).toHaveLength(1);
    expect((await get('/v1/users/daily-summaries/search?query=submarine')).summaries).toEqual([]);
  });
});

describe('recaps', () => {
  it.each(['week', 'month'])('of a %s tell what was recorded', async (period) => {
    expect(await get(`/v1/users/recaps/${period}`)).toMatchObject({
      period,
      days_recorded: 1,
      stats: {
        total_conversations: 1,
        total_duration_minutes: 5,
        memories_created: expect.any(Number),
      },
      busiest_day: { total_conversations: 1 },
      open_action_items: [expect.objectContaining({ source_conversation_id: conversationId })],
      previous: null,
    });
  });

  it('of an empty period are zeros', async () => {
    expect(await get('/v1/users/recaps/week?date=2024-02-14')).toMatchObject({
      start_date: '2024-02-12',
      end_date: '2024-02-18',
      days_recorded: 0,
      busiest_day: null,
    });
  });

  it.each(['2024-02-30', 'tomorrow', '2999-01-01', '1999-12-31'])(
    'of %s are refused',
    async (date) => {
      const { status } = await server.api('GET', `/v1/users/recaps/week?date=${date}`);
      expect(status).toBe(400);
    },
  );
});

describe('the knowledge graph', () => {
  it('names its sources, can be emptied and built again', async () => {
    const graph = await get('/v1/knowledge-graph');
    const nodes = graph.nodes as {
      label: string;
      node_type: string;
      memory_ids: string[];
      conversation_ids: string[];
    }[];
    expect(nodes.find(({ label }) => label === 'Lisbon')).toMatchObject({ node_type: 'place' });
    expect(nodes.find(({ label }) => label === 'Lisbon')?.memory_ids).toHaveLength(1);
    const topics = nodes.filter(({ node_type: type }) => type === 'concept');
    expect(topics.length).toBeGreaterThan(0);
    for (const { conversation_ids: ids } of topics) expect(ids).toEqual([conversationId]);
    const tool = { tool_name: 'get_connections_tool', params: { name: topics[0]?.label } };
    const { body } = await server.api('POST', '/v1/agent/execute-tool', tool);
    expect(JSON.stringify(body)).toMatch(/You: talked about .* \[conversation: /);
    await server.api('DELETE', '/v1/knowledge-graph');
    expect(await get('/v1/knowledge-graph')).toEqual({ nodes: [], edges: [] });
    const rebuilt = await server.api('POST', '/v1/knowledge-graph/rebuild');
    expect(rebuilt.body).toMatchObject({ status: 'rebuilding' });
    expect((await get('/v1/knowledge-graph')).nodes).not.toEqual([]);
  });
});

describe('thumbs', () => {
  const path = () => `/v1/users/analytics/memory_summary?memory_id=${conversationId}`;

  it('are kept and changed, and showing the question is no thumb', async () => {
    expect(await get(path())).toEqual({ has_rating: false });
    await server.api('POST', `${path()}&value=-1`);
    expect(await get(path())).toEqual({ has_rating: false });
    await server.api('POST', `${path()}&value=0&reason=null`);
    expect(await get(path())).toEqual({ has_rating: true, rating: 0 });
    await server.api('POST', `${path()}&value=1`);
    expect(await get(path())).toEqual({ has_rating: true, rating: 1 });
    const other = await server.api('POST', `${path()}x&value=1`);
    expect(other.status).toBe(404);
  });
});

describe('goals', () => {
  it('are suggested and advised without a model', async () => {
    expect(await get('/v1/goals/suggest')).toMatchObject({
      suggested_title: expect.any(String),
      suggested_type: 'numeric',
    });
    expect((await get('/v1/goals/advice')).advice).toContain('Set a goal first');
    const { body } = await server.api('POST', '/v1/goals', {
      title: 'Swim',
      target_value: 5,
      unit: 'km',
    });
    const { id } = body as { id: string };
    expect((await get(`/v1/goals/${id}/advice`)).advice).toContain('0 of 5 km');
    expect(await server.api('GET', '/v1/goals/completed')).toEqual({ status: 200, body: [] });
  });
});

describe('many memories', () => {
  it('are deleted at once, unknown ones skipped', async () => {
    const { body } = await server.api('POST', '/v3/memories', { content: 'Collects stamps.' });
    const { id } = body as { id: string };
    const deleted = await server.api('DELETE', '/v3/memories/batch', { memory_ids: [id, 'none'] });
    expect(deleted.body).toEqual({ status: 'ok', deleted_count: 1 });
  });
});
