import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
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

/**
 * Serves the description of every route at `/openapi.json` and a page to read it at `/docs`, both
 * without sign-in. Must be called before the routes are registered.
 */
export function addApiDocs(app: FastifyInstance, version: string): void {
  app.register(fastifySwagger, {
    openapi: {
      info: { title: 'omi-backend', version },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig }),
    transformObject: createJsonSchemaTransformObject({ zodToJsonConfig }),
  });
  app.register(fastifySwaggerUi, { routePrefix: '/docs', staticCSP: { ...DOCS_POLICY } });
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger()));
  });
}
