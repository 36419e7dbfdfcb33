import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_SCOPES } from '../../src/model/accounts/api-key.ts';
import { startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
let key: string;
let conversationId: string;

const TOOLS = [
  'complete_action_item',
  'create_action_item',
  'delete_action_item',
  'get_action_items',
  'search_action_items',
  'update_action_item',
  'get_conversation_by_id',
  'get_conversations',
  'get_conversations_by_ids',
  'search_conversations',
  'create_goal',
  'get_goals',
  'update_goal_progress',
  'create_memories',
  'create_memory',
  'delete_memory',
  'edit_memory',
  'get_connections',
  'get_memories',
  'search_memories',
  'get_chat_messages',
  'get_daily_summaries',
  'get_people',
  'get_user_profile',
];

async function newKey(scopes?: string[]): Promise<string> {
  const { body } = await server.api('POST', '/v1/mcp/keys', { name: 'assistant', scopes });
  return (body as { key: string }).key;
}

beforeAll(async () => {
  server = await startTestServer();
  key = await newKey();
  const made = await server.api('POST', '/v1/dev/user/conversations/from-segments', {
    transcript_segments: [
      { text: 'The greenhouse needs new glass before the winter.', start: 0, end: 4 },
      { text: 'I order it on Monday from Lindgren.', start: 4, end: 8, is_user: true },
    ],
    started_at: '2026-05-04T10:00:00Z',
  });
  conversationId = (made.body as { id: string }).id;
});
afterAll(() => server.stop());

async function connect(mode: 'legacy' | 'auto', path = '/mcp', bearer = key): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } });
  const transport = new StreamableHTTPClientTransport(new URL(path, server.url), {
    requestInit: { headers: { authorization: `Bearer ${bearer}` } },
  });
  await client.connect(transport);
  return client;
}

/** One POST as it is on the wire. */
async function post(
  body: unknown,
  headers: Record<string, string> = {},
  path = '/v1/mcp/sse',
): Promise<Response> {
  return await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const rpc = (method: string, params: object = {}, id = 1) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});
const initialize = rpc('initialize', {
  protocolVersion: '2025-03-26',
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
});

describe.each([
  ['the earlier revisions', 'legacy', 'legacy'],
  ['the revision of 2026-07-28', 'auto', 'modern'],
] as const)('with the official client in %s', (_title, mode, era) => {
  it.each(['/mcp', '/v1/mcp/sse'])('lists and calls every kind of tool at %s', async (path) => {
    const client = await connect(mode, path);
    expect(client.getProtocolEra()).toBe(era);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(TOOLS);

    const made = await client.callTool({
      name: 'create_memory',
      arguments: { content: `Keeps bees (${era}, ${path}).`, category: 'hobbies' },
    });
    const { memory } = made.structuredContent as { memory: { id: string; category: string } };
    expect(memory.category).toBe('hobbies');
    const found = await client.callTool({
      name: 'search_memories',
      arguments: { query: 'bees' },
    });
    expect(JSON.stringify(found.structuredContent)).toContain(memory.id);
    const edited = await client.callTool({
      name: 'edit_memory',
      arguments: { memory_id: memory.id, content: 'Keeps goats.' },
    });
    expect(edited.structuredContent).toMatchObject({ memory: { content: 'Keeps goats.' } });
    const deleted = await client.callTool({
      name: 'delete_memory',
      arguments: { memory_id: memory.id },
    });
    expect(deleted.structuredContent).toEqual({ success: true });
    await client.close();
  });

  it('reads conversations as tools and as Markdown', async () => {
    const client = await connect(mode);
    const listed = await client.callTool({
      name: 'get_conversations',
      arguments: { start_date: '2026-05-04', end_date: '2026-05-04' },
    });
    expect(listed.structuredContent).toMatchObject({ conversations: [{ id: conversationId }] });
    const read = await client.callTool({
      name: 'get_conversation_by_id',
      arguments: { conversation_id: conversationId, max_segments: 1 },
    });
    expect(read.structuredContent).toMatchObject({
      conversation: {
        transcript_segments: [{ text: expect.stringContaining('greenhouse') }],
        total_segments: 2,
        truncated: true,
      },
    });
    const searched = await client.callTool({
      name: 'search_conversations',
      arguments: { query: 'greenhouse glass' },
    });
    expect(searched.structuredContent).toMatchObject({ conversations: [{ id: conversationId }] });

    const { resources } = await client.listResources();
    expect(resources[0]?.uri).toBe('omi://tasks/today');
    const uri = `omi://conversations/${conversationId}`;
    expect(resources.map((resource) => resource.uri)).toContain(uri);
    const { contents } = await client.readResource({ uri });
    expect(contents).toEqual([
      {
        uri,
        mimeType: 'text/markdown',
        text: expect.stringMatching(/## Transcript[\s\S]*Lindgren/),
      },
    ]);
    await expect(client.readResource({ uri: 'omi://conversations/none' })).rejects.toMatchObject({
      code: -32602,
    });
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual([
      'review_day',
      'prepare_meeting',
      'plan_tasks',
    ]);
    const prompt = await client.getPrompt({
      name: 'prepare_meeting',
      arguments: { about: 'the greenhouse' },
    });
    expect(JSON.stringify(prompt.messages)).toContain('the greenhouse');
    await expect(client.getPrompt({ name: 'prepare_meeting' })).rejects.toMatchObject({
      code: -32602,
    });
    await client.close();
  });

  it('gives failures of tools as results, and of the protocol as errors', async () => {
    const client = await connect(mode);
    const code = async (name: string, args: Record<string, unknown>) => {
      const result = await client.callTool({ name, arguments: args });
      expect(result.isError).toBe(true);
      return (result.structuredContent as { error: { code: string } }).error.code;
    };
    expect(await code('edit_memory', { memory_id: 'none', content: 'x' })).toBe('not_found');
    expect(await code('create_memory', {})).toBe('invalid_arguments');
    expect(await code('get_conversations', { start_date: 'yesterday' })).toBe('invalid_arguments');
    expect(await code('get_memories', { cursor: 'none' })).toBe('invalid_arguments');
    await expect(client.callTool({ name: 'format_disk' })).rejects.toMatchObject({ code: -32602 });
    await client.close();
  });
});

describe('tools', () => {
  it('page with a cursor', async () => {
    const client = await connect('auto');
    const memories = Array.from({ length: 12 }, (_, i) => ({ content: `Knows song ${i}.` }));
    await client.callTool({ name: 'create_memories', arguments: { memories } });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { structuredContent } = await client.callTool({
        name: 'get_memories',
        arguments: { limit: 5, ...(cursor === undefined ? {} : { cursor }) },
      });
      const page = structuredContent as { memories: { id: string }[]; next_cursor?: string };
      seen.push(...page.memories.map(({ id }) => id));
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(12);
    await client.close();
  });

  it('add, complete, change and delete tasks, which the tasks of today show', async () => {
    const client = await connect('auto');
    const call = async (name: string, args: Record<string, unknown>) =>
      (await client.callTool({ name, arguments: args })).structuredContent as {
        action_item: { id: string };
      };
    const today = new Date().toISOString().slice(0, 10);
    const { action_item } = await call('create_action_item', {
      description: 'Feed the goats',
      due_at: today,
    });
    const tasks = await client.readResource({ uri: 'omi://tasks/today' });
    expect(JSON.stringify(tasks.contents)).toContain('- [ ] Feed the goats');
    const changed = await call('update_action_item', {
      action_item_id: action_item.id,
      description: 'Feed all goats',
    });
    expect(changed).toMatchObject({ action_item: { description: 'Feed all goats' } });
    await call('complete_action_item', { action_item_id: action_item.id });
    const open = await call('get_action_items', { completed: false });
    expect(JSON.stringify(open)).not.toContain(action_item.id);
    expect(await call('delete_action_item', { action_item_id: action_item.id })).toEqual({
      success: true,
    });
    await client.close();
  });

  it('say which of them only read and which destroy', async () => {
    const client = await connect('auto');
    const { tools } = await client.listTools();
    const hints = Object.fromEntries(tools.map((tool) => [tool.name, tool.annotations]));
    expect(hints.get_memories).toMatchObject({ readOnlyHint: true, destructiveHint: false });
    expect(hints.create_memory).toMatchObject({ readOnlyHint: false, destructiveHint: false });
    expect(hints.delete_memory).toMatchObject({ readOnlyHint: false, destructiveHint: true });
    await client.close();
  });

  it('are limited to the scopes of the key', async () => {
    const client = await connect('auto', '/mcp', await newKey(['memories:read']));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'get_connections',
      'get_memories',
      'search_memories',
      'get_user_profile',
    ]);
    const refused = await client.callTool({ name: 'get_goals', arguments: {} });
    expect(refused.structuredContent).toMatchObject({ error: { code: 'authorization_denied' } });
    expect((await client.listResources()).resources).toEqual([]);
    const uri = `omi://conversations/${conversationId}`;
    await expect(client.readResource({ uri })).rejects.toMatchObject({ code: -32602 });
    await client.close();
  });

  it('show nothing of another user', async () => {
    const other = await server.context.accounts.createUser('other');
    const made = await server.context.apiKeys.create(other.id, 'mcp', {
      name: 'assistant',
      scopes: [...API_SCOPES],
      expiresAt: null,
    });
    const client = await connect('auto', '/mcp', made.key);
    const read = await client.callTool({
      name: 'get_conversation_by_id',
      arguments: { conversation_id: conversationId },
    });
    expect(read.structuredContent).toMatchObject({ error: { code: 'not_found' } });
    const uri = `omi://conversations/${conversationId}`;
    await expect(client.readResource({ uri })).rejects.toMatchObject({ code: -32602 });
    const searched = await client.callTool({
      name: 'search_conversations',
      arguments: { query: 'greenhouse' },
    });
    expect(searched.structuredContent).toEqual({ conversations: [] });
    await client.close();
  });
});

describe("the wire of Omi's own clients", () => {
  it('answers a client that takes JSON alone, and one that names no type', async () => {
    for (const accept of ['application/json', '*/*']) {
      const answer = await post(initialize, { accept });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toContain('application/json');
      expect(answer.headers.get('mcp-session-id')).toBeTruthy();
      expect(await answer.json()).toMatchObject({
        id: 1,
        result: { protocolVersion: '2025-03-26', serverInfo: { name: 'omi-mcp-server' } },
      });
    }
    const notified = await post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    expect([notified.status, await notified.text()]).toEqual([202, '']);
  });

  it('takes the bare key, several messages at once, and a session that it never saw', async () => {
    const listed = await post(rpc('tools/list'), {
      authorization: key,
      'mcp-session-id': 'long-gone',
    });
    expect(listed.status).toBe(200);
    const batch = await post([rpc('ping', {}, 1), rpc('tools/list', {}, 2)], {
      accept: 'application/json',
    });
    const answers = (await batch.json()) as { id: number }[];
    expect(answers.map(({ id }) => id).sort()).toEqual([1, 2]);
    const streamed = await post(rpc('ping'), { accept: 'text/event-stream' });
    expect(streamed.headers.get('content-type')).toContain('text/event-stream');
    expect(await streamed.text()).toMatch(/^event: message\ndata: \{.*\}\n\n/);
  });

  it('refuses without a key, and tells where a token can be had', async () => {
    for (const authorization of [
      '',
      `Bearer omi_mcp_${'0'.repeat(32)}`,
      `Bearer ${server.token}`,
    ]) {
      const refused = await post(rpc('tools/list'), { authorization });
      expect(refused.status).toBe(401);
      expect(await refused.json()).toEqual({
        detail: 'Invalid or missing API key. Provide via Authorization header.',
        code: 'unauthenticated',
      });
      expect(refused.headers.get('www-authenticate')).toContain(
        `resource_metadata="${server.url}/.well-known/oauth-protected-resource/v1/mcp/sse"`,
      );
    }
  });

  it('refuses a key that was deleted', async () => {
    const { body } = await server.api('POST', '/v1/mcp/keys', { name: 'brief' });
    const made = body as { id: string; key: string };
    const status = async () =>
      (await post(rpc('ping'), { authorization: `Bearer ${made.key}` })).status;
    expect(await status()).toBe(200);
    await server.api('DELETE', `/v1/mcp/keys/${made.id}`);
    expect(await status()).toBe(401);
  });

  it('pings whoever opens a stream, and ends sessions', async () => {
    const headers = { authorization: `Bearer ${key}` };
    const gone = new AbortController();
    const stream = await fetch(`${server.url}/v1/mcp/sse`, { headers, signal: gone.signal });
    const first = await stream.body?.getReader().read();
    expect(Buffer.from(first?.value ?? []).toString()).toBe('event: ping\ndata: {}\n\n');
    gone.abort();
    expect((await fetch(`${server.url}/mcp`, { headers })).status).toBe(405);

    const opened = await post(initialize);
    const id = opened.headers.get('mcp-session-id') ?? '';
    const end = async (session: Record<string, string>, authorization = `Bearer ${key}`) =>
      (
        await fetch(`${server.url}/v1/mcp/sse`, {
          method: 'DELETE',
          headers: { authorization, ...session },
        })
      ).status;
    const other = await server.context.accounts.createUser('stranger');
    const input = { name: 'a', scopes: null, expiresAt: null };
    const foreign = await server.context.apiKeys.create(other.id, 'mcp', input);
    expect(await end({ 'mcp-session-id': id }, `Bearer ${foreign.key}`)).toBe(403);
    expect(await end({ 'mcp-session-id': id })).toBe(204);
    expect(await end({ 'mcp-session-id': 'none' })).toBe(404);
    expect(await end({})).toBe(400);
    const info = await fetch(`${server.url}/v1/mcp/sse/info`);
    expect(await info.json()).toMatchObject({ endpoint: '/v1/mcp/sse' });
  });
});

describe('bad requests', () => {
  it('get answers of the protocol', async () => {
    const broken = await post('{"jsonrpc": "2.0",');
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({ error: { code: -32700 } });
    const unknown = await post(rpc('tools/burn'), { accept: 'application/json' });
    expect(await unknown.json()).toMatchObject({ error: { code: -32601 } });
    const text = await post('hello', { 'content-type': 'text/plain' });
    expect(text.status).toBe(415);
    const large = await post(JSON.stringify(rpc('ping', { _meta: { x: 'x'.repeat(1_100_000) } })));
    expect(large.status).toBe(413);
  });

  it('are refused if one holds 10,000 calls, also behind empty lines', async () => {
    const call = rpc('tools/call', { name: 'get_goals' });
    const many = JSON.stringify(Array.from({ length: 10_000 }, () => call));
    for (const body of [many, `${'\n'.repeat(2_000)}${many}`]) {
      const refused = await post(body);
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ error: { code: -32600 } });
    }
    const some = await post(
      Array.from({ length: 50 }, (_, id) => rpc('ping', {}, id)),
      {
        accept: 'application/json',
      },
    );
    expect(await some.json()).toHaveLength(50);
  });

  it('are refused if header and body disagree, or the revision is unknown', async () => {
    const meta = (version: string) => ({
      _meta: {
        'io.modelcontextprotocol/protocolVersion': version,
        'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    });
    const headers = { 'mcp-protocol-version': '2026-07-28', accept: 'application/json' };
    const mismatch = await post(rpc('tools/list', meta('2026-07-28')), {
      ...headers,
      'mcp-method': 'tools/call',
    });
    expect(mismatch.status).toBe(400);
    expect(await mismatch.json()).toMatchObject({ error: { code: -32020 } });
    const future = await post(rpc('tools/list', meta('2031-01-01')), {
      'mcp-protocol-version': '2031-01-01',
      'mcp-method': 'tools/list',
    });
    expect(future.status).toBe(400);
    expect(await future.json()).toMatchObject({ error: { code: -32022 } });
  });

  it('are refused from pages of other sites', async () => {
    const from = async (origin: string) => (await post(rpc('ping'), { origin })).status;
    expect(await from('https://evil.example')).toBe(403);
    expect(await from('null')).toBe(403);
    expect(await from('http://localhost.evil.example')).toBe(403);
    expect(await from('http://localhost:6274')).toBe(200);
    expect(await from(server.url)).toBe(200);
  });
});
