import type { FastifyReply, FastifyRequest } from 'fastify';
import { sessionTokenOf } from '../auth/session-cookie.ts';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import { connectorPageHeaders } from './connector-pages.ts';

/** Returns who is signed in to this server in the browser, and by which token; null if nobody is known to be. */
export async function sessionOf(
  { method, headers }: FastifyRequest,
  { verifier, publicUrl }: { verifier: TokenVerifier; publicUrl: string | null },
): Promise<{ uid: string; token: string } | null> {
  const token = sessionTokenOf(method, headers, publicUrl);
  const verified = token === undefined ? null : await verifier.verify(token);
  return verified && token !== undefined ? { uid: verified.uid, token } : null;
}

/** @param formTarget where else a form of the page may lead; null: nowhere */
export async function sendConnectorPage(
  reply: FastifyReply,
  status: number,
  html: string,
  formTarget: string | null = null,
): Promise<FastifyReply> {
  return await reply.code(status).headers(connectorPageHeaders(formTarget)).send(html);
}
