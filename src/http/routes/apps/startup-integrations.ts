/**
 * Integrations with other products are not built yet. What is answered here is the true state:
 * nothing is connected. The app reads these when it starts.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

const tags = ['integrations'];

export function startupIntegrationRoutes(): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/task-integrations',
      {
        schema: {
          tags,
          response: {
            200: z.object({
              integrations: z.record(z.string(), z.object({ connected: z.boolean() })),
              default_app: z.string().nullable(),
            }),
          },
          summary: 'List connected task managers (always empty)',
        },
      },
      async () => ({ integrations: {}, default_app: null }),
    );
    app.get(
      '/v1/task-integrations/default',
      {
        schema: {
          tags,
          response: { 200: z.object({ default_app: z.string().nullable() }) },
          summary: 'Get the default task manager (none)',
        },
      },
      async () => ({ default_app: null }),
    );
    app.get(
      '/v1/integrations/:app_key',
      {
        schema: {
          tags,
          response: { 200: z.object({ connected: z.boolean(), app_key: z.string() }) },
          summary: 'Get whether an integration is connected (never)',
          params: z.object({ app_key: z.string().max(100) }),
        },
      },
      async ({ params }) => ({ connected: false, app_key: params.app_key }),
    );
  };
}
