import { fileURLToPath } from 'node:url';
import { lintFromString, loadConfig } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './test-server.ts';

interface Media {
  schema?: { $ref?: string };
  example?: unknown;
}
interface Operation {
  operationId: string;
  parameters?: { example?: unknown }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { $ref?: string; content?: Record<string, Media> }>;
}

let server: TestServer;
let text: string;
let operations: { name: string; operation: Operation }[];

beforeAll(async () => {
  server = await startTestServer();
  text = await (await fetch(`${server.url}/openapi.json`)).text();
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> };
  operations = Object.entries(paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
});
afterAll(() => server.stop());

describe('the description of the API', () => {
  it('passes the linter of Redocly without a remark', { timeout: 60_000 }, async () => {
    const configPath = fileURLToPath(new URL('../../redocly.yaml', import.meta.url));
    const config = await loadConfig({ configPath });
    const problems = await lintFromString({ source: text, config });
    expect(
      problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer]),
    ).toEqual([]);
  });

  it('says of every operation what it returns, how it refuses, and gives examples', () => {
    expect(operations.length).toBeGreaterThan(360);
    const ids = new Set(operations.map(({ operation }) => operation.operationId));
    expect(ids.size).toBe(operations.length);
    for (const { name, operation } of operations) {
      const { responses, requestBody, parameters = [] } = operation;
      const done = Object.entries(responses).filter(([status]) => /^[23]/.test(status));
      expect(done.length, name).toBeGreaterThan(0);
      for (const [status, { content }] of done) {
        if (status === '204' || status.startsWith('3')) continue;
        const media = Object.values(content ?? {});
        expect(media.length, name).toBeGreaterThan(0);
        for (const one of media) {
          expect(Object.keys(one.schema ?? {}).length, name).toBeGreaterThan(0);
          expect(one.example, name).toBeDefined();
        }
      }
      const refusals = Object.entries(responses).filter(([status]) => status.startsWith('4'));
      expect(refusals.length, name).toBeGreaterThan(0);
      for (const one of Object.values(requestBody?.content ?? {})) {
        expect(one.example, name).toBeDefined();
      }
      for (const one of parameters) expect(one.example, name).toBeDefined();
    }
  });
});

describe('a refused request', () => {
  it('carries the stable code of its error beside the text', async () => {
    const refused = async (method: string, path: string, body?: unknown, token?: string) => {
      const { status, body: answer } = await server.api(method, path, body, token);
      return [status, (answer as { code: string }).code];
    };
    expect(await refused('GET', '/v1/goals', undefined, 'wrong')).toEqual([401, 'unauthenticated']);
    expect(await refused('GET', '/v1/conversations/none')).toEqual([404, 'not-found']);
    expect(await refused('POST', '/v1/goals', {})).toEqual([422, 'invalid-request']);
    expect(await refused('GET', '/v1/nothing')).toEqual([404, 'not-found']);
    expect(await refused('PUT', '/v1/goals/all')).toEqual([405, 'method-not-allowed']);
    const blank = await refused('POST', '/v1/dev/user/memories', { content: '  ' });
    expect(blank).toEqual([422, 'invalid-request']);
  });
});

describe('the page at /docs', () => {
  it('has a field to search and links to single operations', async () => {
    const page = await (await fetch(`${server.url}/docs/static/swagger-initializer.js`)).text();
    expect(page).toContain('"filter":true');
    expect(page).toContain('"deepLinking":true');
  });
});
