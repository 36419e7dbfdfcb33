import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';

export interface HealthDeps {
  /** What to tell besides `status`; throws where the server cannot do its work. */
  health: () => Promise<object>;
}

/** Whether the server answers and can reach its store. Public; app and load balancers ask often. */
export function healthRoutes({ health }: HealthDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/health',
      { config: { public: true }, schema: { tags: ['system'], summary: 'Health', security: [] } },
      async () => ({ status: 'ok', ...(await health()) }),
    );
  };
}
