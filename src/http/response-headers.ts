import fastifyCors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** What Omi's clients send; see the contract on CORS. */
const ALLOWED_HEADERS = [
  'Authorization',
  'Content-Type',
  'X-App-Platform',
  'X-App-Version',
  'X-Device-Id-Hash',
  'X-Request-Start-Time',
  'Mcp-Session-Id',
  'Accept',
];
const EXPOSED_HEADERS = [
  'Retry-After',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-Next-Cursor',
  'Mcp-Session-Id',
  'Content-Disposition',
  'Content-Range',
];

/** Headers that every answer carries, unless its route has set its own. */
const DEFAULT_HEADERS: Record<string, string> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

const CSP = 'content-security-policy';
/** What is no page is never taken for one that may load or run something. */
const NOTHING = "default-src 'none'; frame-ancestors 'none'";
/** A worker is bound by the policy of its own script, which the page that starts it allows. */
const SCRIPTS = /javascript|wasm|css/i;

/** Adds the security headers and the request's id to every answer. */
export function addResponseHeaders(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
    for (const [name, value] of Object.entries(DEFAULT_HEADERS)) {
      if (!reply.hasHeader(name)) reply.header(name, value);
    }
    const isScript = SCRIPTS.test(String(reply.getHeader('content-type') ?? ''));
    if (!isScript && !reply.hasHeader(CSP)) reply.header(CSP, NOTHING);
  });
}

/**
 * Lets browsers at these origins call the API; `*` stands for every origin. Sign-in is by header,
 * so credentials (cookies) are never allowed.
 */
export function addCors(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.register(fastifyCors, {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    allowedHeaders: ALLOWED_HEADERS,
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 600,
    strictPreflight: false,
  });
}
