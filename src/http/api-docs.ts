import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DescribedRoute } from './openapi/api-description.ts';
import type { FormPart } from './openapi/complete-document.ts';
import { ROUTE_POLICIES } from './rate-limits.ts';
import { answerNoRoute } from './routing/unknown-routes.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The parts of a form that the route reads by itself. */
    form?: Readonly<Record<string, FormPart>>;
  }
}

/** What the server sets by itself for each answer. */
const OWN_HEADERS = new Set(['connection', 'content-length', 'date', 'keep-alive']);

/**
 * Serves the description of every route at `/openapi.json` and a page to read it at `/docs`, both
 * without sign-in; beside them `/asyncapi.json`, which describes sockets and streams. Must be called before
 * the routes are registered. All are made at the first request for
 * them: few servers are ever asked, and every start would have to wait.
 */
export function addApiDocs(
  app: FastifyInstance,
  version: string,
  asyncApi: (() => Promise<object>) | null,
): void {
  const routes: DescribedRoute[] = [];
  let description: Promise<FastifyInstance> | undefined;
  let openApi: string | undefined;
  const describe = async (): Promise<FastifyInstance> => {
    const { buildApiDescription } = await import('./openapi/api-description.ts');
    return await buildApiDescription(routes, version);
  };
  const load = (): Promise<FastifyInstance> => {
    description ??= describe().catch((error: unknown) => {
      description = undefined;
      throw error;
    });
    return description;
  };
  const options = { schema: { hide: true } };
  app.get('/openapi.json', options, async (_request, reply) => {
    openApi ??= JSON.stringify((await load()).swagger());
    return await reply.type('application/json; charset=utf-8').send(openApi);
  });
  if (asyncApi !== null) {
    app.get('/asyncapi.json', options, async (_request, reply) => {
      const document = JSON.stringify(await asyncApi());
      return await reply.type('application/json; charset=utf-8').send(document);
    });
  }
  for (const path of ['/docs', '/docs/*']) {
    app.get(path, options, async (request, reply) => await sendPage(await load(), request, reply));
  }
  app.addHook('onRoute', ({ method, url, schema, config }) => {
    // Fastify adds HEAD to each GET by itself.
    if (schema?.hide === true || method === 'HEAD') return;
    const isLimited = ROUTE_POLICIES[`${[method].flat()[0]} ${url}`] !== undefined;
    routes.push({ method, url, schema: { ...schema }, ...(config && { config }), isLimited });
  });
}

/** Sends what the application with the pages answers to the same request. */
async function sendPage(
  pages: FastifyInstance,
  { url, headers }: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const page = await pages.inject({ method: 'GET', url, headers: { ...headers } });
  if (page.statusCode === 404) {
    answerNoRoute(reply);
    return reply;
  }
  for (const [name, value] of Object.entries(page.headers)) {
    if (value !== undefined && !OWN_HEADERS.has(name)) reply.header(name, value);
  }
  reply.code(page.statusCode);
  return page.rawPayload.length > 0 ? reply.send(page.rawPayload) : reply.send();
}
