import type { FastifyRequest } from 'fastify';

/**
 * Origin under which this client reaches the server: the configured one, else the one that the
 * request was sent to. The answer goes back to the sender of the request, so its own `Host` is right.
 */
export function publicOrigin(request: FastifyRequest, configured: string | null): string {
  return configured?.replace(/\/+$/, '') ?? `${request.protocol}://${request.host}`;
}
