import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { McpSimulator } from '../simulators/apps/mcp-simulator.ts';
import { startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
let remote: McpSimulator;
let eve: string;
let appId: string;

interface Made {
  app_id: string;
  tools_count: number;
  tool_names: string[];
}

beforeAll(async () => {
  remote = await McpSimulator.start();
  server = await startTestServer({ ALLOW_LOOPBACK_URLS: 'true' });
  const { id } = await server.context.accounts.createUser('eve');
  eve = (await server.context.accounts.createToken(id, 'test')).token;
});
afterAll(async () => {
  await server.stop();
  await remote.close();
});
beforeEach(() => {
  remote.fault = 'none';
});

async function connect(
  url = remote.url,
  name = 'Tool box',
): Promise<{ status: number; body: unknown }> {
  return await server.api('POST', '/v1/apps/mcp', { name, mcp_server_url: url });
}

async function call(name: string, params: object) {
  const body = { tool_name: `${appId}_${name}`.slice(0, 64), params };
  const answer = await server.api('POST', '/v1/agent/execute-tool', body);
  return answer.body as { result?: string; error?: string };
}

describe('an app of an MCP server', () => {
  it('is private, has the tools of the server, and lends them to the chat once it is enabled', async () => {
    const { status, body } = await connect();
    expect(status).toBe(200);
    const made = body as Made;
    appId = made.app_id;
    expect(made).toMatchObject({ requires_oauth: false, tools_count: made.tool_names.length });
    expect(made.tool_names).toContain('test_simple_text');
    expect((await server.api('GET', `/v1/apps/${appId}`)).body).toMatchObject({
      name: 'Tool box',
      private: true,
      approved: true,
      status: 'approved',
      category: 'utilities-and-tools',
      capabilities: ['chat'],
      external_integration: { mcp_server_url: remote.url },
    });
    expect((await server.api('GET', `/v1/apps/${appId}`, undefined, eve)).status).toBe(403);
    const before = await server.api('GET', '/v1/agent/tools');
    expect(JSON.stringify(before.body)).not.toContain('test_simple_text');
    expect((await server.api('POST', `/v1/apps/enable?app_id=${appId}`)).status).toBe(200);
    const { tools } = (await server.api('GET', '/v1/agent/tools')).body as {
      tools: { name: string; parameters: object }[];
    };
    const listed = tools.find(({ name }) => name.startsWith(`${appId}_json_schema`.slice(0, 40)));
    expect(listed?.parameters).toMatchObject({ properties: { name: { type: 'string' } } });
  });

  it('is called with the arguments alone, and what it says is data', async () => {
    remote.bodies.length = 0;
    const said = await call('test_simple_text', { surplus: 1 });
    expect(said.result).toContain('This is a simple text response for testing.');
    expect(said.result).toMatch(/<data/);
    expect(remote.bodies.join('\n')).not.toContain(server.uid);
    const failed = await call('test_error_handling', {});
    expect(failed.result).toMatch(/^Error calling test_error_handling:\n<data/);
  });

  it('is renewed by the same address, and its tools are read again, by its user alone', async () => {
    const again = (await connect()).body as Made;
    expect(again.app_id).toBe(appId);
    const refreshed = await server.api('POST', `/v1/apps/${appId}/mcp/refresh`);
    expect(refreshed.body).toMatchObject({ tools_count: again.tools_count });
    const foreign = await server.api('POST', `/v1/apps/${appId}/mcp/refresh`, undefined, eve);
    expect(foreign.status).toBe(403);
    const plain = await server.api('POST', '/v1/apps/summary_assistant/mcp/refresh');
    expect(plain.status).toBe(404);
  });

  it('cannot be shown to others', async () => {
    const path = `/v1/apps/${appId}/change-visibility?private=false`;
    expect((await server.api('PATCH', path)).status).toBe(403);
    expect((await server.api('GET', `/v1/apps/${appId}`, undefined, eve)).status).toBe(403);
  });

  it.each([
    ['sign-in', 'wants a sign-in'],
    ['redirect', 'does not answer as one'],
    ['flood', 'too large'],
    ['web-page', 'does not answer as one'],
  ] as const)('is not made of a server with the fault %s, nor called', async (fault, reason) => {
    remote.fault = fault;
    const refused = await connect(`${remote.url}?${fault}`);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(refused.body)).toContain(reason);
    const said = await call('test_simple_text', {});
    expect(said.result).toContain(`Error calling test_simple_text: `);
  });

  it('is not made of an address inside of the network, or of none', async () => {
    for (const url of ['https://10.0.0.1/mcp', 'https://[fd00::1]/mcp', 'file:///etc/passwd']) {
      expect((await connect(url)).status, url).toBe(403);
    }
    expect((await connect('nowhere')).status).toBe(400);
    expect((await connect('')).status).toBe(422);
    expect((await connect(remote.url, ' ')).status).toBe(422);
  });
});
