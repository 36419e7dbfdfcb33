import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';

export interface HealthDeps {
  /** What to tell besides `status`; throws if the server cannot do its work. */
  health: () => Promise<object>;
  /** False if no new work is to come: the server is going down. */
  isReady: () => boolean;
}

const tags = ['system'];

/** Whether the server answers and can reach its store. Public; app and load balancers ask often. */
export function healthRoutes({ health, isReady }: HealthDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/health',
      {
        config: { public: true },
        schema: { tags, summary: 'Get the health of the server', security: [] },
      },
      async () => ({ status: 'ok', ...(await health()) }),
    );
    app.get(
      '/v1/ready',
      {
        config: { public: true },
        schema: {
          tags,
          summary: 'Get whether the server accepts new clients',
          description: '503 while the server goes down, and if it cannot reach its store.',
          security: [],
        },
      },
      async (_request, reply) => {
        if (!isReady()) return reply.code(503).send({ status: 'draining' });
        try {
          await health();
        } catch {
          // The reason is in the log of the part that failed.
          return reply.code(503).send({ status: 'unavailable' });
        }
        return { status: 'ready' };
      },
    );
  };
}
