import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refusalToWire } from '../../wire/error-wire.ts';
import { stringifyWire } from '../../wire/json.ts';
import type { SendPage } from '../console-pages.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True if the route says of a thing that is not there what it says of one that it deleted. */
    forgivesMissing?: boolean;
  }
}

/**
 * Words as a route's path has them: `batch`, `from-segments`. Ids have digits. Before the end of a path only
 * compound words count, since there the rest of the path has matched already.
 */
const COMPOUND_WORD = '[a-z]{2,}(?:[-_][a-z]+)+';
const LAST_WORD = `(?:[a-z]{3,}|${COMPOUND_WORD})`;
const WITHOUT_BODY = new Set(['GET', 'HEAD']);
const IS_COMPOUND_WORD = new RegExp(`^${COMPOUND_WORD}$`, 'u');
const IS_LAST_WORD = new RegExp(`^${LAST_WORD}$`, 'u');

export interface UnknownRoutes {
  /** Returns a request that may have a body and that no route takes, before the body is read. */
  answerEarly(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

/**
 * Returns what no route takes: 405 with `Allow` if the path is known under other methods, else what
 * `sendPage` sends, else 404. A word in the place of an id is no id: it is part of a path that is not
 * there. Must be called before the routes are registered.
 */
export function answerUnknownRoutes(app: FastifyInstance, sendPage: SendPage): UnknownRoutes {
  const routes: { url: string; methods: string[] }[] = [];
  let known: { pattern: RegExp; methods: string[] }[] | undefined;
  app.addHook('onRoute', ({ url, method }) => {
    if (url === '*') return;
    const methods = [method].flat();
    routes.push({ url, methods: methods.includes('GET') ? [...methods, 'HEAD'] : methods });
  });
  const answer = (request: FastifyRequest, reply: FastifyReply): void => {
    // Made when they are first needed: most clients never ask for what is not there.
    known ??= routes.map(({ url, methods }) => ({ pattern: toPattern(url), methods }));
    const path = (request.url.split('?')[0] ?? '').replace(/(?<=.)\/$/, '');
    const allowed = new Set(
      known.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods),
    );
    if (allowed.size === 0) {
      if (!sendPage(request, reply)) answerNoRoute(reply);
      return;
    }
    reply.header('allow', [...allowed].sort().join(', '));
    send(reply, 405, 'Method Not Allowed');
  };
  app.setNotFoundHandler(answer);
  return {
    answerEarly: async (request, reply) => {
      if (request.is404 && !WITHOUT_BODY.has(request.method)) answer(request, reply);
    },
  };
}

/** Refuses a word in the place of an id if the route would not notice that there is no such thing. */
export async function refuseRouteWords(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  if (request.routeOptions.config.forgivesMissing === true && hasRouteWord(request)) {
    answerNoRoute(reply);
  }
}

/**
 * Whether a request that was refused for what it asked was meant for another route: a word stands in
 * the place of an id.
 */
export function hasRouteWord({ params, routeOptions }: FastifyRequest): boolean {
  if (typeof params !== 'object' || params === null) return false;
  return Object.entries(params).some(([name, value]) => {
    if (!isId(name) || typeof value !== 'string') return false;
    const isLast = routeOptions.url?.endsWith(`/:${name}`) === true;
    return (isLast ? IS_LAST_WORD : IS_COMPOUND_WORD).test(value);
  });
}

/** Says that there is no such route, as Omi's server does. */
export function answerNoRoute(reply: FastifyReply): void {
  send(reply, 404, 'Not Found');
}

function send(reply: FastifyReply, status: number, detail: string): void {
  reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(stringifyWire(refusalToWire(status, detail)));
}

function isId(parameter: string): boolean {
  return parameter === 'id' || parameter.endsWith('_id');
}

/** A route's pattern (`/a/:id`, `/a/*`) as a regular expression on the path. */
function toPattern(url: string): RegExp {
  const parts = url.split('/').map((part, i, all) => {
    if (part.startsWith(':')) {
      const word = i === all.length - 1 ? LAST_WORD : COMPOUND_WORD;
      return isId(part.slice(1)) ? `(?!${word}(?:/|$))[^/]+` : '[^/]+';
    }
    if (part === '*') return '.*';
    return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}
