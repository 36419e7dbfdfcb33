import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IntegrationAccess, IntegrationAction } from '../../apps/integration-access.ts';

import { AppError } from '../../kernel/errors.ts';
import type { App } from '../../model/apps/app.ts';
import { RATE_LIMITS } from '../../model/usage/rate-limit.ts';
import type { CountRequest } from '../rate-limits.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The app that calls by its key; null on every other route. */
    callingApp: App | null;
  }
}

type Policy = 'integration:conversations' | 'integration:memories' | 'integration:notification';

export interface IntegrationGuardDeps {
  integrationAccess: IntegrationAccess;
  rateLimiter: { count: CountRequest };
}

/**
 * Returns a hook for a route that apps call: it sets `request.callingApp`, and `request.uid` to the user
 * that the query names, before any body is read.
 */
export function requireApp(
  deps: IntegrationGuardDeps,
  action: IntegrationAction,
  policy: Policy | null = null,
) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { app_id: appId = '' } = request.params as { app_id?: string };
    const { uid } = request.query as { uid?: unknown };
    const user = typeof uid === 'string' ? uid : '';
    await deps.integrationAccess.checkKey(appId, request.headers.authorization);
    if (policy) await countApp(deps.rateLimiter, reply, policy, `${appId}:${user}`);
    request.callingApp = await deps.integrationAccess.checkUser(appId, user, action);
    request.uid = user;
  };
}

/** Counts a call of an app for a user and tells how many are left. @throws AppError `rate-limited` */
export async function countApp(
  rateLimiter: { count: CountRequest },
  reply: FastifyReply,
  policy: Policy,
  subject: string,
): Promise<void> {
  const counted = await rateLimiter.count(policy, subject, RATE_LIMITS[policy]);
  if (!counted) return;
  reply.headers({
    'x-ratelimit-limit': String(counted.limit),
    'x-ratelimit-remaining': String(counted.remaining),
    'x-ratelimit-reset': String(counted.resetsInS),
  });
  if (!counted.isExceeded) return;
  reply.header('retry-after', String(counted.resetsInS));
  const what = policy === 'integration:notification' ? 'notifications' : 'requests';
  const message = `Rate limit exceeded. Maximum ${counted.limit} ${what} per hour.`;
  throw new AppError('rate-limited', message);
}

/** Returns the app of a request that `requireApp` has let in. */
export function callingAppOf(request: FastifyRequest): App {
  if (request.callingApp) return request.callingApp;
  throw new AppError('internal', 'A route for apps was reached without one.');
}
