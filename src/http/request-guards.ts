import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiKeys } from '../auth/api-keys.ts';
import { authenticate, parseAuthorization } from '../auth/authorization.ts';
import { sessionTokenOf } from '../auth/session-cookie.ts';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import type { AcceptHost } from '../kernel/allowed-hosts.ts';
import type { Clock } from '../kernel/clock.ts';
import { clockSkewToWire } from '../wire/error-wire.ts';
import { stringifyWire } from '../wire/json.ts';
import { HttpError } from './http-error.ts';
import { authenticateKey } from './key-access.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The signed-in user; empty on public routes. */
    uid: string;
  }
  interface FastifyContextConfig {
    /** True if the route needs no sign-in. */
    public?: boolean;
  }
}

/**
 * Sets `request.uid` from the bearer token, from a key if the route is for keys, or from the session
 * cookie of this server's own pages, before any body is read.
 */
export function requireSignIn(deps: {
  verifier: TokenVerifier;
  /** Null: no keys are accepted. */
  apiKeys: ApiKeys | null;
  publicUrl: string | null;
}) {
  const { verifier, apiKeys, publicUrl } = deps;
  return async (request: FastifyRequest): Promise<void> => {
    const { config } = request.routeOptions;
    if (config.public === true) return;
    if (config.key) {
      request.uid = await authenticateKey(request, config.key, { verifier, apiKeys, publicUrl });
      return;
    }
    request.uid = await authenticate(verifier, authorizationOf(request, publicUrl));
  };
}

/**
 * Returns what tells whether the token of a signed-in request has been revoked since: for answers
 * that stay open.
 */
export function revocationOf(
  verifier: TokenVerifier,
  publicUrl: string | null,
  request: FastifyRequest,
): () => Promise<boolean> {
  const token = parseAuthorization(authorizationOf(request, publicUrl));
  return () => verifier.isRevoked(token);
}

function authorizationOf(
  { headers, method }: FastifyRequest,
  publicUrl: string | null,
): string | undefined {
  const session = headers.authorization ? undefined : sessionTokenOf(method, headers, publicUrl);
  return session === undefined ? headers.authorization : `Bearer ${session}`;
}

/**
 * Refuses with 421 what was sent to a name that is not this server's, before anything is answered;
 * see `acceptHosts`.
 */
export function refuseForeignHosts(acceptHost: AcceptHost) {
  return async (request: FastifyRequest): Promise<void> => {
    if (acceptHost(request.headers.host)) return;
    throw new HttpError(421, FOREIGN_HOST);
  };
}

/** Message for a request under an unknown host name. */
const FOREIGN_HOST =
  'This server is not known under that name. Set PUBLIC_URL to its address, or ALLOWED_HOSTS.';

/**
 * Refuses with 408 what was stamped (`X-Request-Start-Time`, Unix seconds) longer ago than
 * `maxAgeMs`: the app then tells its user that the device's clock is wrong. A stamp from the
 * future and one that is no number are let through.
 */
export function refuseStaleRequests(clock: Clock, maxAgeMs: number) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const header = request.headers['x-request-start-time'];
    if (typeof header !== 'string' || header.trim() === '') return;
    const clientMs = Number(header) * 1000;
    const serverMs = clock.now();
    if (!Number.isFinite(clientMs) || serverMs - clientMs <= maxAgeMs) return;
    await reply
      .code(408)
      .type('application/json; charset=utf-8')
      .send(stringifyWire(clockSkewToWire(serverMs, clientMs)));
  };
}
