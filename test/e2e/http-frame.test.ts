import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RoutePlugin } from '../../src/http/app.ts';
import { bodyTime, queryBoolean, queryInt, queryTime } from '../../src/http/query-types.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { sha256Hex } from '../../src/kernel/ids.ts';
import { type FrameApp, startFrameApp } from '../harness/frame-app.ts';
import { NOW } from '../harness/held-clock.ts';

/** Routes that exist for these tests only: what a route can do to the frame. */
const probes: RoutePlugin = async (app) => {
  app.post(
    '/probe/body',
    {
      schema: {
        body: z.object({
          name: z.string().min(2).max(5),
          count: z.number().int().min(1).max(9).optional(),
          kind: z.enum(['a', 'b', 'c']).optional(),
          tags: z.array(z.string()).max(2).optional(),
          at: bodyTime().optional(),
        }),
      },
    },
    async ({ body }) => body,
  );
  app.get(
    '/probe/query',
    {
      schema: {
        querystring: z.object({
          flag: queryBoolean().default(false),
          limit: queryInt({ min: 1, max: 100 }).default(20),
          since: queryTime().optional(),
        }),
      },
    },
    async ({ query }) => query,
  );
  app.get('/probe/uid/:id', async ({ uid }) => ({ uid }));
  app.get('/probe/secret-fault', async () => {
    throw new Error('password is hunter2');
  });
  app.get('/probe/not-found', async () => {
    throw new AppError('not-found', 'Thing not found');
  });
  app.get('/probe/unavailable', async () => {
    throw new AppError('provider-unavailable', 'Come back later.');
  });
  app.get('/probe/slow', { handlerTimeout: 40 }, async ({ signal }) => {
    await sleep(60_000, undefined, { signal });
  });
  app.get(
    '/probe/wrong-shape',
    { schema: { response: { 200: z.object({ a: z.string() }) } } },
    (_request, reply) => {
      reply.send({ a: 5 } as never);
    },
  );
  app.get(
    '/probe/doubles',
    {
      schema: {
        response: { 200: z.object({ price: z.number(), n: z.number() }).meta({ id: 'Price' }) },
      },
    },
    async () => ({ price: 5, n: 5, hidden: 'not in the schema' }),
  );
};

let app: FrameApp;
let owner: { uid: string; token: string };

beforeAll(async () => {
  app = await startFrameApp({
    routes: [probes],
    corsOrigins: ['https://web.example'],
    bodyLimitBytes: 2000,
    health: async () => ({ version: '1.2.3' }),
  });
  owner = await app.signUp('owner');
});
afterAll(() => app.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  app.call('GET', path, { token: owner.token, headers });

describe('sign-in', () => {
  it('gives the routes the user of the token', async () => {
    expect((await get('/probe/uid/1')).json).toEqual({ uid: owner.uid });
  });

  it('does not look at the scheme word, but wants exactly two parts', async () => {
    const call = (authorization: string) =>
      app.call('GET', '/probe/uid/1', { headers: { authorization } });
    expect((await call(`Anything ${owner.token}`)).status).toBe(200);
    for (const header of [owner.token, `Bearer  ${owner.token}`, `Bearer ${owner.token} x`]) {
      const answer = await call(header);
      expect([answer.status, answer.text]).toEqual([
        401,
        '{"detail":"Invalid authorization token","code":"unauthenticated"}',
      ]);
    }
  });

  it('answers a missing header and an unknown token with their own texts', async () => {
    const missing = await app.call('GET', '/probe/uid/1');
    expect([missing.status, missing.text]).toEqual([
      401,
      '{"detail":"Authorization header not found","code":"unauthenticated"}',
    ]);
    const unknown = await app.call('GET', '/probe/uid/1', { token: `omi_${'x'.repeat(43)}` });
    expect([unknown.status, unknown.text]).toEqual([
      401,
      '{"detail":"Invalid authorization token","code":"unauthenticated"}',
    ]);
  });

  it('refuses a revoked token at once, while the other token goes on', async () => {
    const user = await app.signUp('revoked');
    const second = await app.accounts.createToken(user.uid, 'second');
    expect((await app.call('GET', '/probe/uid/1', { token: user.token })).status).toBe(200);
    await app.accounts.revokeToken(sha256Hex(user.token));
    expect((await app.call('GET', '/probe/uid/1', { token: user.token })).status).toBe(401);
    expect((await app.call('GET', '/probe/uid/1', { token: second.token })).status).toBe(200);
  });

  it('comes before the body is looked at', async () => {
    expect((await app.call('POST', '/probe/body', { body: '{broken' })).status).toBe(401);
  });
});

describe('refusals', () => {
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    app.call('POST', '/probe/body', { token: owner.token, body, headers });

  it('pins a missing field', async () => {
    const answer = await post({ count: 1 });
    expect(answer.status).toBe(422);
    expect(answer.json).toEqual({
      code: 'invalid-request',
      detail: [
        { type: 'missing', loc: ['body', 'name'], msg: 'Field required', input: { count: 1 } },
      ],
    });
  });

  it('pins wrong types, lengths, bounds, choices and dates', async () => {
    const answer = await post({
      name: 'x',
      count: 10,
      kind: 'd',
      tags: ['1', '2', '3'],
      at: 'tomorrow',
    });
    expect(answer.json).toEqual({
      code: 'invalid-request',
      detail: [
        {
          type: 'string_too_short',
          loc: ['body', 'name'],
          input: 'x',
          msg: 'String should have at least 2 characters',
          ctx: { min_length: 2 },
        },
        {
          type: 'less_than_equal',
          loc: ['body', 'count'],
          input: 10,
          msg: 'Input should be less than or equal to 9',
          ctx: { le: 9 },
        },
        {
          type: 'enum',
          loc: ['body', 'kind'],
          input: 'd',
          msg: "Input should be 'a', 'b' or 'c'",
          ctx: { expected: "'a', 'b' or 'c'" },
        },
        {
          type: 'too_long',
          loc: ['body', 'tags'],
          input: ['1', '2', '3'],
          msg: 'List should have at most 2 items after validation, not 3',
          ctx: { field_type: 'List', max_length: 2, actual_length: 3 },
        },
        {
          type: 'datetime_from_date_parsing',
          loc: ['body', 'at'],
          input: 'tomorrow',
          msg: 'Input should be a valid datetime or date, in ISO 8601 form',
        },
      ],
    });
    const types = await post({ name: 5, count: 1.5, tags: 'x' });
    expect((types.json as { detail: { type: string }[] }).detail.map(({ type }) => type)).toEqual([
      'string_type',
      'int_type',
      'list_type',
    ]);
  });

  it('pins a body that is absent, broken, or no object', async () => {
    const absent = await app.call('POST', '/probe/body', { token: owner.token });
    const missing = { type: 'missing', loc: ['body'], msg: 'Field required', input: null };
    expect([absent.status, absent.json]).toEqual([
      422,
      { detail: [missing], code: 'invalid-request' },
    ]);
    expect((await post('')).json).toEqual({ detail: [missing], code: 'invalid-request' });
    const broken = await post('{"name": secret}');
    expect(broken.status).toBe(422);
    expect(broken.json).toMatchObject({
      code: 'invalid-request',
      detail: [{ type: 'json_invalid', msg: 'JSON decode error', input: {} }],
    });
    expect(broken.text).not.toContain('secret');
    const list = await post([1]);
    expect(list.json).toMatchObject({
      code: 'invalid-request',
      detail: [{ type: 'model_attributes_type', loc: ['body'], input: [1] }],
    });
  });

  it('ignores keys that it does not know', async () => {
    expect((await post({ name: 'abc', colour: 'red' })).json).toEqual({ name: 'abc' });
  });

  it('refuses an attempt on the prototype, a large body and a foreign type', async () => {
    expect((await post('{"__proto__":{"name":"abc"}}')).status).toBe(422);
    const large = await post({ name: 'abc', filler: 'x'.repeat(3000) });
    expect([large.status, large.json]).toEqual([
      413,
      { detail: 'Request Entity Too Large', code: 'payload-too-large' },
    ]);
    const foreign = await post('<a/>', { 'content-type': 'application/xml' });
    expect([foreign.status, foreign.json]).toEqual([
      415,
      { detail: 'Unsupported Media Type', code: 'unsupported-media-type' },
    ]);
  });

  it('names the query as the place, and reads booleans and dates as pydantic does', async () => {
    const wrong = await get('/probe/query?flag=maybe&limit=0');
    expect(wrong.json).toEqual({
      code: 'invalid-request',
      detail: [
        {
          type: 'bool_parsing',
          loc: ['query', 'flag'],
          input: 'maybe',
          msg: 'Input should be a valid boolean, unable to interpret input',
        },
        {
          type: 'greater_than_equal',
          loc: ['query', 'limit'],
          input: '0',
          msg: 'Input should be greater than or equal to 1',
          ctx: { ge: 1 },
        },
      ],
    });
    for (const [word, value] of [
      ['True', true],
      ['1', true],
      ['yes', true],
      ['ON', true],
      ['0', false],
      ['No', false],
      ['off', false],
    ]) {
      expect((await get(`/probe/query?flag=${word}`)).json).toEqual({ flag: value, limit: 20 });
    }
    const since = await get('/probe/query?since=2026-03-01T10:00:00&unknown=1');
    expect(since.json).toEqual({ flag: false, limit: 20, since: Date.UTC(2026, 2, 1, 10) });
  });

  it('pins 404, 405, business errors and faults', async () => {
    const unknown = await get('/v1/nothing');
    expect([unknown.status, unknown.text]).toEqual([
      404,
      '{"detail":"Not Found","code":"not-found"}',
    ]);
    const method = await app.call('PUT', '/probe/uid/7', { token: owner.token });
    expect([method.status, method.text, method.headers.get('allow')]).toEqual([
      405,
      '{"detail":"Method Not Allowed","code":"method-not-allowed"}',
      'GET, HEAD',
    ]);
    const thing = await get('/probe/not-found');
    expect([thing.status, thing.text]).toEqual([
      404,
      '{"detail":"Thing not found","code":"not-found"}',
    ]);
    const unavailable = await get('/probe/unavailable');
    expect([unavailable.status, unavailable.text]).toEqual([
      503,
      '{"detail":"Come back later.","code":"provider-unavailable"}',
    ]);
    const fault = await get('/probe/secret-fault');
    expect([fault.status, fault.text, fault.headers.get('content-type')]).toEqual([
      500,
      'Internal Server Error',
      'text/plain; charset=utf-8',
    ]);
    expect(JSON.stringify(app.log)).not.toContain('hunter2');
    expect(app.log.some((line) => line.msg === 'request failed unexpectedly')).toBe(true);
    const malformed = await get('/probe/uid/%zz');
    expect([malformed.status, malformed.json]).toEqual([
      400,
      { detail: 'Bad Request', code: 'bad-request' },
    ]);
  });

  it('answers what takes too long with 504 and no body', async () => {
    const slow = await get('/probe/slow');
    expect([slow.status, slow.text]).toEqual([504, '']);
  });

  it('refuses requests stamped too long ago with 408, and nothing else', async () => {
    const at = (seconds: number) => ({ 'x-request-start-time': String(NOW / 1000 + seconds) });
    const stale = await get('/probe/uid/1', at(-601));
    expect(stale.status).toBe(408);
    expect(stale.json).toEqual({
      code: 'stale-request',
      error: 'clock_skew',
      message: expect.any(String),
      server_time: NOW / 1000,
      client_time: NOW / 1000 - 601,
      skew_seconds: 601,
      hint: expect.any(String),
    });
    expect((await get('/probe/uid/1', at(-600))).status).toBe(200);
    expect((await get('/probe/uid/1', at(9999))).status).toBe(200);
    expect((await get('/probe/uid/1', { 'x-request-start-time': 'noon' })).status).toBe(200);
  });
});

describe('answers', () => {
  it('writes doubles with a fraction and leaves out what the schema does not name', async () => {
    expect((await get('/probe/doubles')).text).toBe('{"price":5.0,"n":5}');
  });

  it('turns an answer of the wrong shape into a fault', async () => {
    expect((await get('/probe/wrong-shape')).status).toBe(500);
    expect(app.log.find((line) => line.route === '/probe/wrong-shape' && line.paths)).toMatchObject(
      {
        paths: ['a: invalid_type'],
      },
    );
  });

  it('carries security headers and a request id', async () => {
    const { headers } = await get('/probe/uid/1', { 'x-request-id': 'abc-1' });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-request-id')).toBe('abc-1');
    const odd = await get('/probe/uid/1', { 'x-request-id': 'a b' });
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('logs the route, never the URL', async () => {
    await get('/probe/uid/my-private-id?word=whispered');
    const log = JSON.stringify(app.log);
    expect(log).toContain('/probe/uid/:id');
    expect(log).not.toContain('whispered');
    expect(log).not.toContain('my-private-id');
    expect(log).not.toContain(owner.token);
  });

  it('lets the configured origins in, and no other', async () => {
    const preflight = (origin: string) =>
      app.call('OPTIONS', '/probe/body', {
        headers: {
          origin,
          'access-control-request-method': 'PATCH',
          'access-control-request-headers': 'authorization,content-type',
        },
      });
    const ours = await preflight('https://web.example');
    expect(ours.status).toBe(204);
    expect(ours.headers.get('access-control-allow-origin')).toBe('https://web.example');
    expect(ours.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(ours.headers.get('access-control-allow-headers')).toContain('X-Request-Start-Time');
    const other = await preflight('https://evil.example');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    const answer = await app.call('GET', '/probe/uid/1', {
      headers: { origin: 'https://web.example' },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://web.example');
    expect(answer.headers.get('access-control-expose-headers')).toContain('Content-Disposition');
  });
});

describe('public routes', () => {
  it('tell that the server is healthy', async () => {
    const health = await app.call('GET', '/v1/health');
    expect([health.status, health.text]).toEqual([200, '{"status":"ok","version":"1.2.3"}']);
    const head = await app.call('HEAD', '/v1/health');
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it('take HEAD for each GET, with its headers and without its body', async () => {
    for (const path of [
      '/v1/health',
      '/openapi.json',
      '/docs/static/swagger-ui.css',
      '/probe/uid/7',
    ]) {
      const get = await app.call('GET', path);
      const head = await app.call('HEAD', path);
      expect([path, head.status, head.text]).toEqual([path, get.status, '']);
      for (const name of ['content-type', 'content-length', 'cache-control']) {
        expect([path, name, head.headers.get(name)]).toEqual([path, name, get.headers.get(name)]);
      }
    }
    const { status, headers } = await app.call('HEAD', '/v1/nothing');
    expect([status, headers.get('allow')]).toEqual([404, null]);
    const logged = app.log.filter((line) => line.method === 'HEAD').map((line) => line.route);
    expect(logged).toContain('/v1/health');
    expect(logged).toContain('/probe/uid/:id');
  });

  it('describe every route', async () => {
    const { status, json } = await app.call('GET', '/openapi.json');
    expect(status).toBe(200);
    const { paths, components } = json as {
      paths: Record<string, Record<string, { parameters?: object[]; security?: object[] }>>;
      components: { schemas: Record<string, unknown> };
    };
    expect(Object.keys(paths)).toContain('/probe/uid/{id}');
    expect(paths['/probe/query']?.get?.parameters).toContainEqual(
      expect.objectContaining({
        in: 'query',
        name: 'flag',
        schema: expect.objectContaining({ type: 'boolean' }),
      }),
    );
    expect(paths['/v1/health']?.get?.security).toEqual([]);
    expect(components.schemas.Price).toMatchObject({ type: 'object' });
  });

  it('show a page to read it', async () => {
    const page = await app.call('GET', '/docs/');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
  });

  it('tolerate a slash too many', async () => {
    expect((await app.call('GET', '//v1/health/')).status).toBe(200);
  });
});
