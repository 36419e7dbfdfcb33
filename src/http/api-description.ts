import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import { type FastifyInstance, fastify, type RouteOptions } from 'fastify';
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
} from 'fastify-type-provider-zod';

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
export type DescribedRoute = Pick<RouteOptions, 'method' | 'url' | 'schema'>;

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
  await app.register(fastifySwagger, {
    openapi: {
      info: { title: 'omi-backend', version },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig }),
    transformObject: createJsonSchemaTransformObject({ zodToJsonConfig }),
  });
  await app.register(fastifySwaggerUi, { routePrefix: '/docs', staticCSP: { ...DOCS_POLICY } });
  for (const route of routes) app.route({ ...route, handler: () => undefined });
  await app.ready();
  return app;
}
