import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { stringifyWire } from '../wire/json.ts';
import type { SendPage } from './console-pages.ts';

/**
 * Answers what no route takes: 405 with `Allow` if the path is known under other methods, else what
 * `sendPage` sends, else 404. Must be called before the routes are registered.
 */
export function answerUnknownRoutes(app: FastifyInstance, sendPage: SendPage): void {
  const routes: { pattern: RegExp; methods: string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    if (url === '*') return;
    routes.push({ pattern: toPattern(url), methods: [method].flat() });
  });
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const path = (request.url.split('?')[0] ?? '').replace(/(?<=.)\/$/, '');
    const allowed = new Set(
      routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods),
    );
    const known = allowed.size > 0;
    if (!known && sendPage(request, reply)) return;
    if (known) reply.header('allow', [...allowed].sort().join(', '));
    reply
      .code(known ? 405 : 404)
      .type('application/json; charset=utf-8')
      .send(stringifyWire({ detail: known ? 'Method Not Allowed' : 'Not Found' }));
  });
}

/** A route's pattern (`/a/:id`, `/a/*`) as a regular expression on the path. */
function toPattern(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    if (part === '*') return '.*';
    return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}
