import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiRoute, bodyOf, documentedRoutes, queryOf } from './openapi-routes.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const NO_ROUTE = { status: 404, body: { detail: 'Not Found', code: 'not-found' } };
/** Parameters whose values are names rather than ids. */
const NAMES = new Set([
  'app_key',
  'kind',
  'token',
  'index',
  'idx',
  'segment_idx',
  'speaker_id',
  'provider',
  'type',
  'capability',
  'capability_id',
]);

let server: TestServer;
let routes: ApiRoute[];
beforeAll(async () => {
  server = await startTestServer();
  routes = await documentedRoutes(server.url);
});
afterAll(() => server.stop());

function send(method: string, path: string, body?: string | FormData, type?: string) {
  return fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.token}`,
      ...(type === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body }),
  });
}

async function answerOf(response: Response) {
  return { status: response.status, body: await response.json().catch(() => null) };
}

/** The paths of all routes with an id, each id in turn replaced by a word. */
function misplaced(): { method: string; path: string; route: ApiRoute }[] {
  return routes.flatMap((route) => {
    const ids = [...route.path.matchAll(/\{(\w+)\}/gu)].flatMap(([, name]) =>
      name !== undefined && !NAMES.has(name) ? [name] : [],
    );
    return ids.map((id) => ({
      method: route.method,
      path: route.path.replace(/\{(\w+)\}/gu, (_, name) => (name === id ? 'batch-words' : '7')),
      route,
    }));
  });
}

describe('a word in the place of an id', () => {
  it('is a route that is not there, whatever the body is', async () => {
    // Routes of apps look at the app's key before anything else. Of these collections, what is not there is deleted.
    const paths = misplaced().filter(
      ({ path }) =>
        !/^\/(?:v[12]\/integrations|v1\/(?:staged-tasks|advice|focus-sessions))\//.test(path),
    );
    expect(paths.length).toBeGreaterThan(50);
    for (const { method, path, route } of paths) {
      const query = queryOf(route, {});
      const body = bodyOf(route, {});
      const bodies = body === undefined ? [undefined] : [JSON.stringify(body), '{"odd":[1]}'];
      for (const json of bodies) {
        const type = json === undefined ? undefined : 'application/json';
        const response = await send(method, `${path}?${query}`, json, type);
        expect(await answerOf(response), `${method} ${path} ${json}`).toEqual(NO_ROUTE);
      }
    }
  });

  it.each([
    ['DELETE', '/v3/memories/no-such-batch', '{"memory_ids":["a"]}'],
    ['GET', '/v1/users/daily-summaries/no-such-search', undefined],
    ['POST', '/v1/conversations/no-such-thing', '{}'],
    ['GET', '/v1/goals/no-such-advice', undefined],
    ['PUT', '/v1/folders/sorted', '{}'],
    ['POST', '/v1/conversations/7/no-such-part', '{}'],
  ])('is told of %s %s', async (method, path, body) => {
    const type = body === undefined ? undefined : 'application/json';
    expect(await answerOf(await send(method, path, body, type))).toEqual(NO_ROUTE);
  });

  it('leaves ids that are not there what they are', async () => {
    const id = '0b5a7d0e-95b5-4c0f-a5d0-3e0f6a1f8c11';
    expect(await answerOf(await send('GET', `/v3/memories/${id}/history`))).toEqual({
      status: 404,
      body: { detail: 'Memory not found', code: 'not-found' },
    });
    expect((await send('POST', `/v3/memories/${id}`, '{}', 'application/json')).status).toBe(405);
  });
});

describe('a form to a route that is not there', () => {
  it('is 404, as anything else, and 405 where the path has other methods', async () => {
    const form = () => {
      const data = new FormData();
      data.set('file', new Blob(['x'.repeat(3_000_000)]), 'x.bin');
      return data;
    };
    for (const path of ['/v2/no-such-upload', '/v1/no/such/route', '/v3/memories/import-file']) {
      expect(await answerOf(await send('POST', path, form())), path).toEqual(NO_ROUTE);
    }
    expect((await send('PUT', '/v1/folders', form())).status).toBe(405);
    const binary = await send('POST', '/v2/no-such-upload', 'x', 'application/octet-stream');
    expect(await answerOf(binary)).toEqual(NO_ROUTE);
  });

  it('is still 415 where the route takes no form', async () => {
    const data = new FormData();
    data.set('a', 'b');
    expect((await send('POST', '/v1/folders', data)).status).toBe(415);
  });
});

describe('text-to-speech', () => {
  it('is answered with 503 while there is none, so that the app speaks by itself', async () => {
    for (const path of ['/v1/tts/synthesize', '/v2/tts/synthesize']) {
      const response = await send('POST', path, '{"text":"Hello"}', 'application/json');
      expect(await answerOf(response)).toEqual({
        status: 503,
        body: { detail: 'This server has no text-to-speech.', code: 'not-configured' },
      });
    }
  });
});

describe('the use of language models', () => {
  it('is added to by a client that has used one by itself', async () => {
    const usage = {
      input_tokens: 100,
      output_tokens: 20,
      cache_read_tokens: 40,
      cache_write_tokens: 10,
      total_tokens: 170,
      cost_usd: 0.25,
      account: 'omi',
    };
    const json = 'application/json';
    const post = (body: object) =>
      send('POST', '/v1/users/me/llm-usage', JSON.stringify(body), json);
    expect(await answerOf(await post(usage))).toEqual({ status: 200, body: { status: 'ok' } });
    await post({ ...usage, account: 'personal', cost_usd: 0.5 });
    const total = await server.api('GET', '/v1/users/me/llm-usage/total');
    expect(total.body).toMatchObject({
      call_count: 2,
      own_key_call_count: 1,
      input_tokens: 300,
      cached_input_tokens: 80,
      output_tokens: 40,
      total_cost_usd: 0.75,
    });
    for (const wrong of [{ input_tokens: -1 }, { cost_usd: 'much' }, { account: 'a\nb' }]) {
      expect((await post({ ...usage, ...wrong })).status).toBe(422);
    }
  });
});
