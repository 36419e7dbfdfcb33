import { request } from 'node:http';
import net from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOSTED_ANSWERS } from '../../src/http/routes/hosted/hosted-answers.ts';
import { expectServing } from './misbehaviour.ts';
import { type ApiRoute, documentedRoutes } from './openapi-routes.ts';
import { startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
let routes: ApiRoute[];
beforeAll(async () => {
  server = await startTestServer();
  routes = await documentedRoutes(server.url);
});
afterAll(() => server.stop());
afterEach(() => expectServing(server));

interface Answer {
  status: number;
  text: string;
}

async function send(
  method: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}

/** A refusal: a status of the 400s and a `detail`. */
function expectRefused({ status, text }: Answer, context: string, statuses?: number[]): void {
  expect(status, `${context}: ${text.slice(0, 300)}`).toBeGreaterThanOrEqual(400);
  expect(status, `${context}: ${text.slice(0, 300)}`).toBeLessThan(500);
  if (statuses) expect(statuses, context).toContain(status);
  expect(JSON.parse(text), context).toHaveProperty('detail');
}

/** Anything but a fault of the server. */
function expectNoFault({ status, text }: Answer, context: string): void {
  expect(status, `${context}: ${text.slice(0, 300)}`).toBeLessThan(500);
}

function pathOf(route: ApiRoute, value: string): string {
  return route.path.replace(/\{\w+\}/g, value);
}

/** Leaves the account that everything is tried with in its place. */
function harmless(route: ApiRoute): boolean {
  return route.name !== 'DELETE /v1/users/delete-account';
}

/** Routes of apps take a key of the app, and look at it before they read the body. */
const NEEDS_APP_KEY = /^\/v[12]\/integrations\//;
const refusals = (route: ApiRoute) => (NEEDS_APP_KEY.test(route.path) ? [403, 422] : [422]);

/** What needs a model says so: there is none here. */
const NEEDS_MODEL = /^\/v1\/(?:app|personas)\/generate|\/tts\/synthesize$/;

const withBody = () => routes.filter((route) => route.body !== undefined).filter(harmless);

describe('bodies', () => {
  it.each([
    ['cut off', '{"name": "x'],
    ['two values', '{} {}'],
    ['a comment', '/* x */ {}'],
    ['NaN', '{"name": NaN}'],
    ['no JSON', 'name=x'],
  ])('that are no JSON are 422 everywhere: %s', async (_name, body) => {
    for (const route of withBody()) {
      expectRefused(
        await send(route.method, pathOf(route, 'x'), body),
        route.name,
        refusals(route),
      );
    }
  });

  it('that are no UTF-8 are refused or read with replacement, never a fault', async () => {
    const bytes = Uint8Array.from([0x7b, 0x22, 0x6e, 0xff, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d]);
    for (const route of withBody()) {
      expectNoFault(await send(route.method, pathOf(route, 'x'), bytes), route.name);
    }
  });

  it.each([
    ['null', 'null'],
    ['a number', '5'],
    ['a text', '"text"'],
    ['a list', '[]'],
    ['a list of null', '[null]'],
    ['an empty object', '{}'],
    ['an object of foreign keys', '{"$where":"1","length":-1,"toString":null,"then":1}'],
  ])('of the wrong type are no fault anywhere: %s', async (_name, body) => {
    for (const route of withBody()) {
      expectNoFault(await send(route.method, pathOf(route, 'x'), body), route.name);
    }
  });

  it('with every field of the wrong type are refused or harmless', async () => {
    const values = [null, -1, 1e308, 'x', '', [], [[]], [null], {}, { a: 1 }, true];
    for (const route of withBody()) {
      const names = Object.keys(route.body?.properties ?? route.body?.items?.properties ?? {});
      for (const value of values) {
        const object = Object.fromEntries(names.map((name) => [name, value]));
        const body = JSON.stringify(route.body?.items ? [object] : object);
        if (NEEDS_MODEL.test(route.path)) continue;
        expectNoFault(
          await send(route.method, pathOf(route, 'x'), body),
          `${route.name} ${JSON.stringify(value)}`,
        );
      }
    }
  });

  it.each([
    '{"__proto__":{"isAdmin":true,"uid":"somebody"}}',
    '{"constructor":{"prototype":{"isAdmin":true}}}',
    '{"a":{"__proto__":{"isAdmin":true}}}',
    '[{"__proto__":{"isAdmin":true}}]',
  ])('that reach for the prototype change nothing: %s', async (body) => {
    for (const route of withBody()) {
      expectNoFault(await send(route.method, pathOf(route, 'x'), body), route.name);
    }
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it('that are nested deeply are no fault', async () => {
    const depth = 100_000;
    const list = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const object = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    for (const route of withBody()) {
      const [first = 'a'] = Object.keys(route.body?.properties ?? {});
      for (const body of [list, object, `{"${first}":${list}}`, `{"${first}":${object}}`]) {
        const path = pathOf(route, 'x');
        expectRefused(await send(route.method, path, body), route.name, refusals(route));
      }
    }
    // Brackets inside a text are no nesting.
    const content = '[{"'.repeat(500);
    expect((await send('POST', '/v3/memories', JSON.stringify({ content }))).status).toBe(200);
  });

  it('of 100 MB are refused while they come', async () => {
    const before = process.memoryUsage().rss;
    const chunk = Buffer.alloc(1024 * 1024, 0x20);
    for (const target of ['/v3/memories', '/v1/conversations', '/v1/users/ai-profile']) {
      const { hostname, port } = new URL(server.url);
      const socket = net.connect({ host: hostname, port: Number(port) });
      let answer = '';
      let isCut = false;
      socket.on('data', (data) => {
        answer += data.toString('latin1');
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        isCut = true;
      });
      socket.write(
        `POST ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.token}\r\n` +
          'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
      );
      for (let i = 0; i < 100 && !isCut && answer === ''; i += 1) {
        socket.write('100000\r\n');
        socket.write(chunk);
        await new Promise((resolve) => socket.write('\r\n', resolve));
      }
      await expect.poll(() => answer).toMatch(/^HTTP\/1\.1 (413|405) /);
      socket.destroy();
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
  });

  it('that announce more than is allowed are refused by their header', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = net.connect({ host: hostname, port: Number(port) });
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.write(
      `POST /v3/memories HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.token}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 104857600\r\n\r\n',
    );
    await expect.poll(() => answer).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  it('of a stranger are refused before they are read', async () => {
    const { status } = await send('POST', '/v3/memories', ' '.repeat(2_000_000), {
      authorization: 'Bearer nonsense',
    }).catch(() => ({ status: 401 }));
    expect(status).toBe(401);
  });

  it('that are JSON lose nothing that is odd', async () => {
    const content = 'null \u0000 byte, \u202e, \ufffd, \\u0000, 💡, "; DROP TABLE memories;--';
    const made = await send('POST', '/v3/memories', JSON.stringify({ content }));
    expect(made.status).toBe(200);
    const { body } = await server.api('GET', '/v3/memories?limit=1');
    expect((body as { content: string }[])[0]?.content).toBe(content);
    const half = await send('POST', '/v3/memories', '{"content":"half \\ud83d emoji"}');
    expectNoFault(half, 'half a surrogate pair');
    expectNoFault(await send('GET', '/v3/memories'), 'reading it');
    expectNoFault(await send('GET', '/v1/users/export'), 'exporting it');
  });
});

describe('ids', () => {
  it.each([
    ['a path', encodeURIComponent('../../../etc/passwd')],
    ['a backslash', '..%5c..%5cstore.sqlite'],
    ['NUL', 'a%00b'],
    ['a wildcard', '%25'],
    ['a quote', "'%20OR%20'1'='1"],
    ['unicode', encodeURIComponent('🦊ñ\u202e')],
    ['spaces', '%20%20'],
    ['a line break', 'a%0d%0aSet-Cookie:%20x=1'],
    ['400 characters', 'x'.repeat(400)],
    ['10 000 characters', 'x'.repeat(10_000)],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
    ['a number', '-1'],
    ['no UTF-8', '%ff%fe'],
    ['half an escape', '%'],
  ])('that mean nothing are refused, not a fault: %s', async (_name, id) => {
    for (const route of routes.filter(({ path }) => path.includes('{')).filter(harmless)) {
      const body = route.body ? '{}' : undefined;
      expectNoFault(await send(route.method, pathOf(route, id), body), route.name);
    }
    for (const path of [
      `/v1/conversations/${id}`,
      `/v1/conversations/${id}/shared`,
      `/v1/action-items/${id}`,
      `/v1/action-items/shared/${id}`,
      `/v1/users/people/${id}`,
    ]) {
      expectRefused(await send('GET', path), path, [400, 404, 414]);
    }
  });

  it('of dots alone are no way to another path', async () => {
    // `fetch` would resolve them itself.
    for (const target of ['/v1/conversations/%2e%2e', '/v1/action-items/../../etc/passwd']) {
      const { hostname, port } = new URL(server.url);
      const status = await new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${server.token}` };
        request({ hostname, port, path: target, headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect(status, target).toBe(404);
    }
  });

  it('of 100 000 characters are refused', async () => {
    const { status } = await send('GET', `/v1/conversations/${'x'.repeat(100_000)}`);
    expect([404, 414, 431]).toContain(status);
  });
});

describe('queries', () => {
  const odd = [
    '-1',
    '0',
    '1e3',
    '99999999999999999999',
    '9007199254740993',
    'NaN',
    'Infinity',
    '',
    'x',
    '%00',
    '2026-13-45',
    '0000-00-00',
    '9999-99-99T99:99:99Z',
    '+275760-09-14',
    '2026-02-30T25:61:61Z',
    'true;false',
    'x'.repeat(8000),
  ];

  it('with any value are answered or refused, never a fault', async () => {
    for (const route of routes.filter(harmless)) {
      for (const { name } of route.query) {
        for (const value of odd) {
          const body = route.body ? '{}' : undefined;
          const path = `${pathOf(route, 'x')}?${name}=${value}`;
          expectNoFault(await send(route.method, path, body), path.slice(0, 200));
        }
      }
    }
  });

  it.each([
    '/v1/conversations?limit=-1',
    '/v1/conversations?offset=-1',
    '/v1/conversations?limit=x',
    '/v1/conversations?start_date=yesterday',
    '/v1/conversations?end_date=2026-13-45',
    '/v1/conversations?include_discarded=maybe',
    '/v1/action-items?limit=0',
    '/v1/action-items?limit=100000',
    '/v1/action-items?due_start_date=2026-02-30',
    '/v3/memories?offset=-5',
  ])('that are wrong are refused with the place: %s', async (path) => {
    const { status, text } = await send('GET', path);
    expect(status).toBe(422);
    const { detail } = JSON.parse(text) as { detail: { loc: string[] }[] };
    expect(detail[0]?.loc).toEqual(['query', /\?(\w+)=/.exec(path)?.[1]]);
  });

  it('may repeat a parameter, and name the prototype', async () => {
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      const twice = route.query.map(({ name }) => `${name}=1&${name}=2`).join('&');
      const path = `${pathOf(route, 'x')}?${twice}&__proto__[a]=1&constructor.prototype.a=1`;
      expectNoFault(await send('GET', path), path);
    }
  });
});

describe('dates in bodies', () => {
  it.each([1e308, -1e308, 8.64e15 + 1, '+275760-09-14', '2026-02-30', '0000-00-00', '', {}, 'now'])(
    'that are none are refused: %j',
    async (due_at) => {
      const body = JSON.stringify({ description: 'Something to do', due_at });
      expectRefused(await send('POST', '/v1/action-items', body), 'due_at', [422]);
    },
  );
});

describe('methods', () => {
  it('that a path does not have are 405 with the ones that it has', async () => {
    const paths = [...new Set(routes.map(({ path }) => path))];
    for (const path of paths) {
      const known = routes.filter((route) => route.path === path).map(({ method }) => method);
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'].filter((m) => !known.includes(m))) {
        const response = await fetch(`${server.url}${path.replace(/\{\w+\}/g, 'x')}`, {
          method,
          headers: { authorization: `Bearer ${server.token}` },
        });
        const others = routes.filter(
          (route) => route.method === method && matches(route.path, path.replace(/\{\w+\}/g, 'x')),
        );
        // `/v1/action-items/batch` is also an action item whose id is `batch`.
        if (others.length > 0 || isHosted(method, path.replace(/\{\w+\}/g, 'x'))) continue;
        expect(response.status, `${method} ${path}`).toBe(405);
        expect(response.headers.get('allow'), `${method} ${path}`).toContain(known[0]);
        await response.text();
      }
    }
  });

  it.each(['PROPFIND', 'TRACE', 'BREW', 'CONNECT'])('%s is no fault', async (method) => {
    const { hostname, port } = new URL(server.url);
    const socket = net.connect({ host: hostname, port: Number(port) });
    let answer = '';
    let ended = false;
    socket.on('data', (data) => {
      answer += data.toString('latin1');
    });
    socket.on('close', () => {
      ended = true;
    });
    socket.on('error', () => undefined);
    socket.write(`${method} /v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    await expect.poll(() => ended).toBe(true);
    expect(answer).not.toMatch(/^HTTP\/1\.1 5/);
  });
});

/** True for what belongs to Omi's hosted business: it is answered, and not documented as a route. */
function isHosted(method: string, path: string): boolean {
  return HOSTED_ANSWERS.some(
    (answer) => answer.method === method && matches(answer.path.replace(/:(\w+)/g, '{$1}'), path),
  );
}

function matches(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
}
