import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { AppError } from '../kernel/errors.ts';
import { sha256Hex } from '../kernel/ids.ts';
import { isLoopbackHost } from '../kernel/loopback.ts';
import { contentResponse } from './openapi/body-kinds.ts';

export interface MetricsDeps {
  contentType: string;
  render(): Promise<string>;
  /** Callers with this token may read metrics from any machine; null: from this machine only. */
  token: string | null;
}

/** Headers by which a proxy shows itself: what comes through one does not come from this machine. */
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/** What Prometheus reads. Not for users: their tokens do not open it. */
export function metricsRoutes(deps: MetricsDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/metrics',
      {
        config: { public: true },
        schema: {
          tags: ['system'],
          response: { 200: contentResponse('Metrics.', 'text/plain') },
          summary: 'Get metrics in the Prometheus format',
          description: 'From this machine, or with the bearer token METRICS_TOKEN.',
          security: [],
        },
      },
      async (request, reply) => {
        if (!mayRead(request, deps.token)) throw new AppError('forbidden', 'Not allowed');
        return reply.type(deps.contentType).send(await deps.render());
      },
    );
  };
}

function mayRead(request: FastifyRequest, token: string | null): boolean {
  const { authorization } = request.headers;
  if (token !== null && authorization !== undefined) {
    const given = Buffer.from(sha256Hex(authorization));
    return timingSafeEqual(given, Buffer.from(sha256Hex(`Bearer ${token}`)));
  }
  const isDirect = PROXY_HEADERS.every((name) => request.headers[name] === undefined);
  const address = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  return token === null && isDirect && isLoopbackHost(address);
}
