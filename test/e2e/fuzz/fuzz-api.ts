import fc from 'fast-check';
import { type ApiRoute, bodyOf, documentedRoutes } from '../openapi-routes.ts';
import type { TestServer } from '../test-server.ts';
import { hostileJson, hostileString, mutated } from './hostile-values.ts';

export interface FuzzOptions {
  count: number;
  /** The same seed gives the same inputs. */
  seed: number;
  onProgress?(done: number): void;
}

export interface FuzzReport {
  sent: number;
  /** How many answers had which status. */
  statuses: Record<string, number>;
  /** Slowest answer, milliseconds. */
  slowestMs: number;
  /** What must not happen, one line each; empty if all is well. */
  problems: string[];
}

/** A request that takes longer counts as one that hangs, milliseconds. */
const HANG_MS = 30_000;
/** Ends the account that the rest is sent with. */
const NOT_SENT = ['DELETE /v1/users/delete-account'];
/** Says that something is not set up, or is busy: an answer that a client can read. */
const UNAVAILABLE = 503;

interface FuzzedRequest {
  route: ApiRoute;
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
}

/**
 * Sends requests with hostile paths, queries, headers and bodies to every documented route, as one user.
 * A problem is an answer of 5xx other than 503, no answer, or a server that is not well afterwards.
 */
export async function fuzzApi(server: TestServer, options: FuzzOptions): Promise<FuzzReport> {
  const routes = (await documentedRoutes(server.url)).filter(
    ({ name }) => !NOT_SENT.includes(name),
  );
  const report: FuzzReport = { sent: 0, statuses: {}, slowestMs: 0, problems: [] };
  const requests = fc.sample(requestTo(routes), { numRuns: options.count, seed: options.seed });
  const user = await server.context.accounts.createUser('fuzz-api');
  let token = '';
  for (const request of requests) {
    // A hostile request may revoke the token that it is sent with.
    if (token === '' || report.sent % 50 === 0) {
      token = (await server.context.accounts.createToken(user.id, 'fuzz')).token;
    }
    await send(server, request, token, report);
    report.sent += 1;
    if (report.sent % 500 === 0) options.onProgress?.(report.sent);
  }
  const health = await server.api('GET', '/v1/health');
  if (health.status !== 200) report.problems.push(`The server is not well: ${health.status}`);
  return report;
}

async function send(
  server: TestServer,
  { route, path, headers, body }: FuzzedRequest,
  token: string,
  report: FuzzReport,
): Promise<void> {
  const about = `${route.name} as ${path.slice(0, 200)} with ${describeBody(body)}`;
  const start = performance.now();
  try {
    const response = await fetch(`${server.url}${path}`, {
      method: route.method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal: AbortSignal.timeout(HANG_MS),
      redirect: 'manual',
      ...(body === undefined || route.method === 'GET' ? {} : { body }),
    });
    // A stream of events does not end by itself.
    if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) {
      await response.body?.cancel();
    } else {
      await response.arrayBuffer();
    }
    report.statuses[response.status] = (report.statuses[response.status] ?? 0) + 1;
    if (response.status >= 500 && response.status !== UNAVAILABLE) {
      report.problems.push(`${response.status} from ${about}`);
    }
  } catch (error) {
    report.problems.push(`No answer (${String(error)}) from ${about}`);
  }
  report.slowestMs = Math.max(report.slowestMs, performance.now() - start);
}

function describeBody(body: string | Uint8Array | undefined): string {
  if (body === undefined) return 'no body';
  return typeof body === 'string' ? body.slice(0, 400) : `${body.length} bytes`;
}

function requestTo(routes: readonly ApiRoute[]): fc.Arbitrary<FuzzedRequest> {
  return fc.constantFrom(...routes).chain((route) =>
    fc.record({
      route: fc.constant(route),
      path: pathOf(route),
      headers: headersOf(route),
      body: bodiesOf(route),
    }),
  );
}

/** The path with hostile parameters and queries; what the URL standard itself refuses is left out. */
function pathOf(route: ApiRoute): fc.Arbitrary<string> {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const queries = route.query.map(({ name }) => name);
  return fc
    .record({
      values: fc.array(hostileString, { minLength: names.length, maxLength: names.length }),
      query: fc.array(
        fc.tuple(fc.constantFrom(...queries, '__proto__', 'limit', 'offset'), hostileString),
        { maxLength: 4 },
      ),
    })
    .map(({ values, query }) => {
      const path = names.reduce(
        (text, name, index) =>
          // An empty segment would be another route.
          text.replace(`{${name}}`, encodeURIComponent((values[index] || 'x').toWellFormed())),
        route.path,
      );
      const pairs = query.map(
        ([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`,
      );
      return `${path}?${pairs.join('&')}`.slice(0, 60_000);
    });
}

function headersOf(route: ApiRoute): fc.Arbitrary<Record<string, string>> {
  if (route.method === 'GET') return fc.constant({});
  return fc
    .oneof(
      { weight: 12, arbitrary: fc.constant('application/json') },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          'application/json; charset=utf-16',
          'text/plain',
          'multipart/form-data',
          'multipart/form-data; boundary=x',
          'application/x-www-form-urlencoded',
          'application/octet-stream',
          'nonsense',
        ),
      },
    )
    .map((type) => ({ 'content-type': type }));
}

function bodiesOf(route: ApiRoute): fc.Arbitrary<string | Uint8Array | undefined> {
  const sample = bodyOf(route, {});
  return fc.oneof(
    { weight: 8, arbitrary: mutated(sample).map((value) => JSON.stringify(value)) },
    { weight: 2, arbitrary: hostileJson.map((value) => JSON.stringify(value)) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        '{',
        '{"a":1',
        '[1,]',
        '{"__proto__":{"admin":true}}',
        '{"a":1,"a":2}',
        'NaN',
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf',
        '--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--\r\n',
        '--x--',
        'a=1&b',
      ),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}
