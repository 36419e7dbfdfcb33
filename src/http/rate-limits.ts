import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors.ts';
import { ANONYMOUS_LIMITS, RATE_LIMITS, type RateLimit } from '../model/rate-limit.ts';
import { errorToWire } from '../wire/error-wire.ts';
import { stringifyWire } from '../wire/json.ts';
import { callerOf } from './caller-address.ts';

export type RateLimitPolicy = keyof typeof RATE_LIMITS;

/** Which policy a route counts under, by method and pattern. What is not here is not limited. */
export const ROUTE_POLICIES: Readonly<Record<string, RateLimitPolicy>> = {
  'POST /v1/conversations': 'conversations:create',
  'POST /v1/conversations/:id/reprocess': 'conversations:reprocess',
  'POST /v1/conversations/:id/retranscribe': 'conversations:reprocess',
  'POST /v1/conversations/merge': 'conversations:merge',
  'POST /v1/conversations/search': 'conversations:search',
  'POST /v2/messages': 'chat:send_message',
  'POST /v1/initial-message': 'chat:initial',
  'POST /v2/initial-message': 'chat:initial',
  'POST /v2/chat/initial-message': 'chat:initial',
  'POST /v1/files': 'file:upload',
  'POST /v2/files': 'file:upload',
  'POST /v2/voice-messages': 'voice:message',
  'POST /v2/voice-message/transcribe': 'voice:transcribe',
  'POST /v1/stt/transcribe': 'voice:transcribe',
  'POST /v3/memories': 'memories:create',
  'POST /v3/memories/batch': 'memories:batch',
  'PATCH /v3/memories/:id': 'memories:modify',
  'PATCH /v3/memories/:id/visibility': 'memories:modify',
  'POST /v3/memories/:id/review': 'memories:modify',
  'DELETE /v3/memories/:id': 'memories:delete',
  'DELETE /v3/memories': 'memories:delete_all',
};

type AnonymousPolicy = keyof typeof ANONYMOUS_LIMITS;

const ANONYMOUS_POLICIES: Readonly<Record<string, AnonymousPolicy>> = {
  'GET /v1/auth/authorize': 'auth:authorize',
  'GET /v1/auth/callback/google': 'auth:callback',
  'POST /v1/auth/callback/apple': 'auth:callback',
  'POST /v1/auth/token': 'auth:token',
  'POST /v1/auth/session': 'auth:session',
  'GET /v1/action-items/shared/:token': 'shared:read',
  'GET /v2/messages/shared/:token': 'shared:read',
  'GET /shared/tasks/:token': 'shared:read',
  'GET /shared/chat/:token': 'shared:read',
};

/** Counts a request of a policy; answers what is wrong with it, null where it may go on. */
export type CountRequest = (
  policy: string,
  subject: string,
  limit: RateLimit,
) => Promise<{ limit: number; retryAfterS: number } | null>;

/**
 * Refuses with 429 what a user, or an address without sign-in, does too often. Runs after sign-in and
 * before the body is read, so a request counts whatever becomes of it.
 */
export function limitRates(count: CountRequest) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const route = `${request.method} ${request.routeOptions.url ?? ''}`;
    const policy = ROUTE_POLICIES[route];
    const anonymous = ANONYMOUS_POLICIES[route];
    if (policy && request.uid !== '') {
      await refuse(reply, await count(policy, request.uid, RATE_LIMITS[policy]));
    } else if (anonymous && request.uid === '') {
      const caller = callerOf(request);
      await refuse(reply, await count(anonymous, caller, ANONYMOUS_LIMITS[anonymous]));
    }
  };
}

async function refuse(
  reply: FastifyReply,
  exceeded: { limit: number; retryAfterS: number } | null,
): Promise<void> {
  if (!exceeded) return;
  const seconds = exceeded.retryAfterS;
  const error = new AppError('rate-limited', `Rate limit exceeded. Try again in ${seconds}s.`);
  await reply
    .code(429)
    .headers({
      'x-ratelimit-limit': String(exceeded.limit),
      'x-ratelimit-remaining': '0',
      'retry-after': String(seconds),
    })
    .type('application/json; charset=utf-8')
    .send(stringifyWire(errorToWire(error)));
}
