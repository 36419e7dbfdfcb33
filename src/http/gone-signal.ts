import type { FastifyReply } from 'fastify';

/** Aborted when the client has gone before the answer; a request's own signal ends with its body. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
