import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

const latencySchema = z.object({
  count: z.int(),
  p50: z.number().nullable(),
  p99: z.number().nullable(),
});
/** What a healthy server tells of itself, without anything of its users. */
const factsSchema = z.object({
  version: z.string(),
  cache: z.object({
    engine: z.string(),
    state: z.string(),
    since: z.string(),
    failures: z.int(),
  }),
  live_sessions: z.int(),
  jobs: z.object({
    waiting: z.int(),
    running: z.int(),
    succeeded: z.int(),
    retried: z.int(),
    failed: z.int(),
  }),
  /** Milliseconds. */
  segment_latency_ms: latencySchema,
  stt_minutes_since_start: z.object({
    sent: z.number().optional(),
    saved: z.number().optional(),
    savable: z.number().optional(),
  }),
});
const healthSchema = z
  .object({ status: z.literal('ok') })
  .extend(factsSchema.partial().shape)
  .meta({ id: 'Health' });

export interface HealthDeps {
  /** What to tell besides `status`; throws if the server cannot do its work. */
  health: () => Promise<Partial<z.output<typeof factsSchema>>>;
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
        schema: {
          tags,
          response: { 200: healthSchema },
          summary: 'Get the health of the server',
          security: [],
        },
      },
      async () => ({ status: 'ok' as const, ...(await health()) }),
    );
    app.get(
      '/v1/ready',
      {
        config: { public: true },
        schema: {
          tags,
          response: {
            200: z.object({ status: z.literal('ready') }),
            503: z.object({ status: z.enum(['draining', 'unavailable']) }),
          },
          summary: 'Get whether the server accepts new clients',
          description: '503 while the server goes down, and if it cannot reach its store.',
          security: [],
        },
      },
      async (_request, reply) => {
        if (!isReady()) return reply.code(503).send({ status: 'draining' as const });
        try {
          await health();
        } catch {
          // The reason is in the log of the part that failed.
          return reply.code(503).send({ status: 'unavailable' as const });
        }
        return { status: 'ready' as const };
      },
    );
  };
}
