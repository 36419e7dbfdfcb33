import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Span, Tracing } from '../../kernel/tracing.ts';
import { routeOf } from '../error-handler.ts';

/** Asked every few seconds by machines: they would hide the rest. */
const UNTRACED = new Set(['/v1/health', '/v1/ready', '/metrics']);

/**
 * Records each request as a span by its route; paths hold ids, and query strings hold what people typed. The
 * span ends with the response, also of one that is a stream or that the client does not wait for.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  app.addHook('onRequest', (request, reply, done) => {
    const route = routeOf(request);
    if (UNTRACED.has(route)) return done();
    const span = tracing.start({
      name: `${request.method} ${route}`,
      kind: 'server',
      headers: request.headers,
      facts: { 'http.request.method': request.method, 'http.route': route },
    });
    spans.set(request, span);
    const { raw } = reply;
    raw.once('close', () => {
      span.addFacts({ 'http.response.status_code': raw.statusCode });
      if (raw.statusCode >= 500) span.fail(null);
      if (!raw.writableFinished) span.addEvent('client gone');
      span.end();
    });
    span.enter(done);
  });
  // The body arrives by events of the socket, outside of the span.
  app.addHook('preValidation', (request, _, done) => {
    const span = spans.get(request);
    if (span) span.enter(done);
    else done();
  });
}
