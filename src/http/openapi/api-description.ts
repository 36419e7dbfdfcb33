import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import { type FastifyInstance, fastify, type RouteOptions } from 'fastify';
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
} from 'fastify-type-provider-zod';
import { z } from 'zod';
import { completeDocument, type RouteFacts } from './complete-document.ts';

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

/** A route as it is described. */
export type DescribedRoute = Pick<RouteOptions, 'method' | 'url' | 'schema' | 'config'> & {
  isLimited: boolean;
};

/**
 * Returns an application that describes `routes` and has the pages under `/docs`. It serves no route: requests
 * reach it by `inject` alone, and its description is what `swagger()` returns.
 */
export async function buildApiDescription(
  routes: readonly DescribedRoute[],
  version: string,
): Promise<FastifyInstance> {
  const app = fastify({
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 500 },
  });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  const facts = new Map(routes.flatMap(factsByName));
  const addSchemas = createJsonSchemaTransformObject({ zodToJsonConfig });
  await app.register(fastifySwagger, {
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
  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    staticCSP: { ...DOCS_POLICY },
    // `#/tag/operationId` in the address leads to an operation, and the field at the top searches.
    uiConfig: { deepLinking: true, filter: true, docExpansion: 'none' },
  });
  for (const { isLimited: _, ...route } of routes) {
    app.route({ ...route, handler: () => undefined });
  }
  await app.ready();
  return app;
}

/** Returns what is known of a route, for each of its methods. */
function factsByName(route: DescribedRoute): [name: string, RouteFacts][] {
  const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
  return [route.method].flat().map((method) => [`${method} ${path}`, factsOf(route)]);
}

function factsOf({ isLimited, config, schema }: DescribedRoute): RouteFacts {
  const consumed: unknown = schema?.consumes;
  const types = Array.isArray(consumed) ? consumed.map(String) : [];
  return {
    isPublic: config?.public === true,
    takesKeys: config?.key !== undefined,
    isLimited,
    mayLackBody: schema?.body instanceof z.ZodType && schema.body.safeParse(undefined).success,
    form: config?.form ?? null,
    bytes: types.filter((type) => type === 'application/octet-stream'),
  };
}
