import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await server.api('POST', '/v3/memories', { content: 'Repairs clocks on Sundays.' });
});
afterAll(() => server.stop());

/** The command as an assistant starts it, beside the running server. */
async function connect(mode: 'legacy' | 'auto', ...options: string[]): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: ['dist/main.js', 'mcp', ...options],
      env: { DATA_DIR: server.dataDir, PATH: process.env.PATH ?? '', LOG_LEVEL: 'silent' },
    }),
  );
  return client;
}

describe.each([
  ['the earlier revisions', 'legacy', 'legacy'],
  ['the revision of 2026-07-28', 'auto', 'modern'],
] as const)('over stdio in %s', (_title, mode, era) => {
  it('reads and writes without a key, beside the running server', async () => {
    const client = await connect(mode);
    expect(client.getProtocolEra()).toBe(era);
    const found = await client.callTool({
      name: 'search_memories',
      arguments: { query: 'clocks' },
    });
    expect(JSON.stringify(found.structuredContent)).toContain('Repairs clocks');
    await client.callTool({
      name: 'create_memory',
      arguments: { content: `Learnt over stdio, ${era}.` },
    });
    await client.close();
    const { body } = await server.api('GET', '/v3/memories');
    expect(JSON.stringify(body)).toContain(`Learnt over stdio, ${era}.`);
  });
});

it('offers nothing that writes with --read-only', async () => {
  const client = await connect('auto', '--read-only');
  const { tools } = await client.listTools();
  expect(tools.length).toBeGreaterThan(8);
  expect(tools.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true);
  await client.close();
});

it('says which user is missing', async () => {
  await expect(connect('legacy', '--user', 'nobody')).rejects.toThrow();
});
