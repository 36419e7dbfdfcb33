import type { FastifyInstance } from 'fastify';
import { routeOf } from '../error-handler.ts';

/**
 * One line a request. The route's pattern stands for the URL: paths hold ids, and query strings
 * hold what people typed.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: routeOf(request),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    );
  });
}
