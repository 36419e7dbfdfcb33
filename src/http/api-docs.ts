import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, RouteOptions } from 'fastify';
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
} from 'fastify-type-provider-zod';
import { completeDocument, type FormPart, type RouteFacts } from './openapi/complete-document.ts';
import { ROUTE_POLICIES } from './rate-limits.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The parts of a form that the route reads by itself. */
    form?: Readonly<Record<string, FormPart>>;
  }
}

/** What zod can check but JSON Schema cannot say (a transform's result) is documented as anything. */
const zodToJsonConfig = { unrepresentable: 'any' } as const;

/** The page runs only its own files and sends requests only to this server. */
const DOCS_POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self' data:",
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/**
 * Serves the description of every route at `/openapi.json`, a page to read it at `/docs`, and that of
 * the sockets and streams at `/asyncapi.json`, all without sign-in. Must be called before the routes are registered.
 */
export function addApiDocs(app: FastifyInstance, version: string, asyncApi: object | null): void {
  const facts = new Map<string, RouteFacts>();
  app.addHook('onRoute', (route) => {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    for (const method of [route.method].flat()) facts.set(`${method} ${path}`, factsOf(route));
  });
  const addSchemas = createJsonSchemaTransformObject({ zodToJsonConfig });
  app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.1',
      info: {
        title: 'omi-backend',
        version,
        description:
          'A self-hosted backend for ambient AI. The live socket and streams: /asyncapi.json.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'This server.' }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig }),
    transformObject: (input) => completeDocument(addSchemas(input), (name) => facts.get(name)),
  });
  app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    staticCSP: { ...DOCS_POLICY },
    // `#/tag/operationId` in the address leads to an operation, and the field at the top searches.
    uiConfig: { deepLinking: true, filter: true, docExpansion: 'none' },
  });
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger()));
  });
  if (asyncApi === null) return;
  app.get('/asyncapi.json', { schema: { hide: true } }, async (_request, reply) => {
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(asyncApi));
  });
}

function factsOf({ method, url, config, schema }: RouteOptions): RouteFacts {
  const consumed: unknown = schema?.consumes;
  const types = Array.isArray(consumed) ? consumed.map(String) : [];
  return {
    isPublic: config?.public === true,
    takesKeys: config?.key !== undefined,
    isLimited: ROUTE_POLICIES[`${[method].flat()[0]} ${url}`] !== undefined,
    form: config?.form ?? null,
    bytes: types.filter((type) => type === 'application/octet-stream'),
  };
}
