import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { parseJson } from '../kernel/json.ts';
import { isLoopbackHost } from '../kernel/loopback.ts';
import type { RateLimit } from '../model/usage/rate-limit.ts';
import { RATE_LIMITS } from '../model/usage/rate-limit.ts';
import { refusalToWire } from '../wire/error-wire.ts';
import type { McpHttp } from './mcp-http.ts';
import { newSessionId, ownerOfSession } from './session-ids.ts';
import type { McpGrant } from './user-server.ts';

/** Omi's address, and the one that people expect. */
export const MCP_PATHS = ['/v1/mcp/sse', '/mcp'] as const;
export type McpPath = (typeof MCP_PATHS)[number];

const MAX_BODY_BYTES = 1_048_576;
/** Most messages of one request; each may be a call. */
const MAX_MESSAGES = 50;
/** Tab, line feed, carriage return and space. */
const JSON_SPACE = [0x09, 0x0a, 0x0d, 0x20];
const PING_MS = 30_000;
const UNAUTHORIZED = 'Invalid or missing API key. Provide via Authorization header.';

export interface McpRouteDeps {
  mcp: Pick<McpHttp, 'answer'>;
  /** Whom a token belongs to at one of the addresses; null if it is not accepted there. */
  verify: (
    token: string,
    address: { resource: string; origin: string },
  ) => Promise<McpGrant | null>;
  /** Counts a request; null if it cannot be counted. */
  count: (
    policy: string,
    subject: string,
    limit: RateLimit,
  ) => Promise<{ isExceeded: boolean; limit: number; resetsInS: number } | null>;
  /** Address under which clients reach the server; null: the one that they ask for. */
  publicUrl: string | null;
  /** Origins of browsers that may call, beside the server's own and those of this machine. */
  origins: readonly string[];
}

/** MCP over HTTP. Sign-in is by key or by a token made for the address, never by cookie. */
export function mcpRoutes(deps: McpRouteDeps): FastifyPluginAsync {
  return async (app) => {
    app.removeAllContentTypeParsers();
    // The SDK reads bodies itself, so that what it refuses gets an answer in its protocol.
    app.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
      (_request, body, done) => done(null, body),
    );
    app.addHook('onRequest', refuseForeignOrigins(deps));
    for (const path of MCP_PATHS) servePath(app, path, deps);
    app.get('/v1/mcp/sse/info', { config: { public: true }, schema: { hide: true } }, async () =>
      describeEndpoint(),
    );
  };
}

function servePath(app: FastifyInstance, path: McpPath, deps: McpRouteDeps): void {
  const options = { config: { public: true }, schema: { hide: true } };
  app.post(path, options, async (request, reply) => {
    const grant = await signedIn(request, reply, path, deps);
    if (!grant || (await isRefused(grant, reply, deps))) return reply;
    if (hasTooManyMessages(request.body)) return await refuseMessages(reply);
    const answer = await deps.mcp.answer(toWebRequest(request), grant);
    if (path === '/v1/mcp/sse' && isInitialize(request.body)) {
      reply.header('mcp-session-id', newSessionId(grant.uid));
    }
    return await sendWebResponse(reply, answer);
  });

  app.get(path, options, async (request, reply) => {
    const grant = await signedIn(request, reply, path, deps);
    if (!grant) return reply;
    if (path === '/mcp') {
      return await refuse(reply.header('allow', 'POST'), 405, 'Method Not Allowed');
    }
    return await sendPings(reply);
  });

  app.delete(path, options, async (request, reply) => {
    const grant = await signedIn(request, reply, path, deps);
    if (!grant) return reply;
    const id = request.headers['mcp-session-id'];
    if (typeof id !== 'string') return await refuse(reply, 400, 'Mcp-Session-Id header required');
    switch (ownerOfSession(id, grant.uid)) {
      case 'own':
        return await reply.code(204).send();
      case 'foreign':
        return await refuse(reply, 403, 'Session does not belong to this user');
      case 'unknown':
        return await refuse(reply, 404, 'Session not found');
    }
  });
}

/** Who calls; null after a 401 that says where a token can be had. */
async function signedIn(
  request: FastifyRequest,
  reply: FastifyReply,
  path: McpPath,
  deps: McpRouteDeps,
): Promise<McpGrant | null> {
  const origin = originOf(request, deps.publicUrl);
  const header = request.headers.authorization?.trim() ?? '';
  // Omi's server takes the bare key, too.
  const token = /^bearer\s/i.test(header) ? header.slice('bearer '.length).trim() : header;
  const grant =
    token === '' ? null : await deps.verify(token, { resource: `${origin}${path}`, origin });
  if (grant) return grant;
  const metadata = `${origin}/.well-known/oauth-protected-resource${path}`;
  const invalid = token === '' ? '' : 'error="invalid_token", ';
  reply.header('www-authenticate', `Bearer ${invalid}resource_metadata="${metadata}"`);
  await refuse(reply, 401, UNAUTHORIZED);
  return null;
}

async function isRefused(
  { uid }: McpGrant,
  reply: FastifyReply,
  deps: McpRouteDeps,
): Promise<boolean> {
  const counted = await deps.count('mcp:sse', uid, RATE_LIMITS['mcp:sse']);
  if (!counted?.isExceeded) return false;
  const seconds = String(counted.resetsInS);
  reply.headers({
    'x-ratelimit-limit': String(counted.limit),
    'x-ratelimit-remaining': '0',
    'retry-after': seconds,
  });
  await refuse(reply, 429, `Rate limit exceeded. Try again in ${seconds}s.`);
  return true;
}

/**
 * Pages of other sites may not call: their reader's browser would do it (DNS rebinding). What sends no
 * origin is no browser.
 */
function refuseForeignOrigins({ publicUrl, origins }: McpRouteDeps) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { origin } = request.headers;
    if (origin === undefined || origins.includes('*') || origins.includes(origin)) return;
    const parsed = URL.canParse(origin) ? new URL(origin) : null;
    const isOwn = parsed?.origin === new URL(originOf(request, publicUrl)).origin;
    if (isOwn || (parsed !== null && isLoopbackHost(parsed.hostname))) return;
    await refuse(reply, 403, 'Pages of this origin may not call this server.');
  };
}

function originOf(request: FastifyRequest, configured: string | null): string {
  return configured?.replace(/\/+$/, '') ?? `${request.protocol}://${request.host}`;
}

function isInitialize(body: unknown): boolean {
  return Buffer.isBuffer(body) && body.subarray(0, 4_096).includes('"initialize"');
}

function hasTooManyMessages(body: unknown): boolean {
  if (!Buffer.isBuffer(body)) return false;
  // Only a list begins with a bracket; the bytes of a single message need not be read twice.
  const first = body.find((byte) => !JSON_SPACE.includes(byte));
  if (first !== 0x5b) return false;
  const messages = parseJson(body.toString('utf8'));
  return Array.isArray(messages) && messages.length > MAX_MESSAGES;
}

async function refuseMessages(reply: FastifyReply): Promise<FastifyReply> {
  const message = `A request may hold ${MAX_MESSAGES} messages.`;
  return await reply
    .code(400)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32600, message } }));
}

/** What is sent to the SDK; the body is the bytes as they came. */
function toWebRequest(request: FastifyRequest): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string') headers.set(name, value);
  }
  // It is not the client's any more: the grant has taken its place.
  headers.delete('authorization');
  const gone = new AbortController();
  request.raw.once('close', () => {
    if (!request.raw.complete) gone.abort();
  });
  return new Request(`http://localhost${request.url}`, {
    method: 'POST',
    headers,
    body: Buffer.isBuffer(request.body) ? new Uint8Array(request.body) : '',
    signal: gone.signal,
  });
}

async function sendWebResponse(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  reply.code(response.status);
  for (const [name, value] of response.headers) reply.header(name, value);
  if (response.body === null) return await reply.send();
  return await reply.send(Readable.fromWeb(response.body as NodeReadableStream));
}

/** Omi's stream for clients that open one: it says nothing but that it is there. */
async function sendPings(reply: FastifyReply): Promise<FastifyReply> {
  const stream = new Readable({ read: () => undefined });
  const ping = () => stream.push('event: ping\ndata: {}\n\n');
  const timer = setInterval(ping, PING_MS);
  stream.once('close', () => clearInterval(timer));
  reply.raw.once('close', () => stream.destroy());
  ping();
  return await reply
    .headers({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    })
    .send(stream);
}

async function refuse(reply: FastifyReply, status: number, detail: string): Promise<FastifyReply> {
  return await reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(refusalToWire(status, detail)));
}

/** What `GET /v1/mcp/sse/info` tells whoever looks for the right settings. */
function describeEndpoint() {
  return {
    endpoint: '/v1/mcp/sse',
    transport: 'streamable-http',
    protocol_version: '2025-03-26',
    protocol_versions: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26'],
    authentication: {
      methods: ['api_key', 'oauth2'],
      api_key: { header: 'Authorization', format: 'Bearer <api_key>' },
    },
    instructions: {
      step1: 'Make a key for MCP (POST /v1/mcp/keys, or in the console).',
      step2: 'Give your client this address and the header Authorization: Bearer <api_key>.',
      step3: 'Clients that know OAuth need no key: they ask for a sign-in.',
    },
  };
}
