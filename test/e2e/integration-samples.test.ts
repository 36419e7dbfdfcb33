import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startTestServer, type TestServer } from './test-server.ts';

const SAMPLES = path.join(import.meta.dirname, '../../samples/integrations');
const read = (name: string) => readFileSync(path.join(SAMPLES, name), 'utf8');

let server: TestServer;
let key: string;

beforeAll(async () => {
  server = await startTestServer();
  const scopes = ['action_items:read', 'action_items:write', 'conversations:read'];
  const made = await server.api('POST', '/v1/dev/keys', { name: 'sample', scopes });
  key = (made.body as { key: string }).key;
});
afterAll(() => server.stop());

/** Sends what a program that was set up with the sample sends. */
async function send(method: string, url: string, body?: string): Promise<unknown> {
  const response = await fetch(url.replace('http://omi.local:8000', server.url), {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  expect(response.status, url).toBe(200);
  return await response.json();
}

describe('the sample', () => {
  it('for Home Assistant adds a task and counts the open ones', async () => {
    const secret = { tag: '!secret', resolve: (name: string) => name };
    const config = parse(read('home-assistant.yaml'), { customTags: [secret] }) as {
      rest: { resource: string; headers: Record<string, string> }[];
      rest_command: { add_task: { url: string; method: string; payload: string } };
    };
    const { url, method, payload } = config.rest_command.add_task;
    await send(method, url, payload.replace('{{ description }}', 'Water the plants'));
    for (const { resource, headers } of config.rest) {
      expect(headers.Authorization).toBe('omi_authorization');
      // `value_json | length`
      expect(await send('GET', resource)).toHaveLength(1);
    }
  });

  it('for n8n asks a question and adds a task', async () => {
    const workflow = JSON.parse(read('n8n-workflow.json')) as {
      nodes: { name: string; parameters: { method: string; url: string; jsonBody: string } }[];
      connections: Record<string, { main: { node: string }[][] }>;
    };
    const results: unknown[] = [];
    for (const { parameters } of workflow.nodes) {
      results.push(await send(parameters.method, parameters.url, parameters.jsonBody));
    }
    expect(results).toMatchObject([
      { answer: expect.any(String) },
      { description: 'Look at what was promised' },
    ]);
    const names = workflow.nodes.map(({ name }) => name);
    for (const { main } of Object.values(workflow.connections)) {
      for (const { node } of main.flat()) expect(names).toContain(node);
    }
  });
});
