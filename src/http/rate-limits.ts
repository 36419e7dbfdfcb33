import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors.ts';
import { ANONYMOUS_LIMITS, RATE_LIMITS, type RateLimit } from '../model/usage/rate-limit.ts';
import { errorToWire } from '../wire/error-wire.ts';
import { stringifyWire } from '../wire/json.ts';
import { callerOf } from './caller-address.ts';

export type RateLimitPolicy = keyof typeof RATE_LIMITS;

/** Which policy a route counts under, by method and pattern. What is not here is not limited. */
export const ROUTE_POLICIES: Readonly<Record<string, RateLimitPolicy>> = {
  'POST /v1/conversations': 'conversations:create',
  'POST /v1/conversations/from-segments': 'conversations:from_segments',
  'POST /v1/conversations/:id/reprocess': 'conversations:reprocess',
  'POST /v1/conversations/:id/retranscribe': 'conversations:reprocess',
  'POST /v1/conversations/merge': 'conversations:merge',
  'POST /v1/conversations/search': 'conversations:search',
  'POST /v2/messages': 'chat:send_message',
  'POST /v2/chat/completions': 'chat:completions',
  'POST /v1/initial-message': 'chat:initial',
  'POST /v2/initial-message': 'chat:initial',
  'POST /v2/chat/initial-message': 'chat:initial',
  'POST /v1/files': 'file:upload',
  'POST /v2/files': 'file:upload',
  'POST /v2/voice-messages': 'voice:message',
  'POST /v2/voice-message/transcribe': 'voice:transcribe',
  'POST /v1/stt/transcribe': 'voice:transcribe',
  'POST /v1/tts/synthesize': 'tts:synthesize',
  'POST /v2/tts/synthesize': 'tts:synthesize',
  'POST /v3/memories': 'memories:create',
  'POST /v3/memories/batch': 'memories:batch',
  'PATCH /v3/memories/:id': 'memories:modify',
  'PATCH /v3/memories/:id/visibility': 'memories:modify',
  'POST /v3/memories/:id/review': 'memories:modify',
  'DELETE /v3/memories/:id': 'memories:delete',
  'DELETE /v3/memories': 'memories:delete_all',
  'POST /v1/dev/user/conversations': 'dev:conversations',
  'POST /v1/dev/user/conversations/from-segments': 'dev:conversations',
  'POST /v1/dev/user/memories': 'dev:memories',
  'POST /v1/dev/user/memories/batch': 'dev:memories_batch',
  'POST /v1/dev/user/ask': 'chat:send_message',
  'POST /v1/mcp/memories': 'memories:create',
  'DELETE /v3/memories/batch': 'memories:delete',
  'GET /v1/goals/suggest': 'goals:suggest',
  'GET /v1/goals/advice': 'goals:advice',
  'GET /v1/goals/:id/advice': 'goals:advice',
  'GET /memory/search': 'conversations:search',
};

type AnonymousPolicy = keyof typeof ANONYMOUS_LIMITS;

const ANONYMOUS_POLICIES: Readonly<Record<string, AnonymousPolicy>> = {
  'GET /v1/auth/authorize': 'auth:authorize',
  'GET /v1/auth/callback/google': 'auth:callback',
  'POST /v1/auth/callback/apple': 'auth:callback',
  'POST /v1/auth/token': 'auth:token',
  'GET /oauth/authorize': 'connectors:authorize',
  'GET /oauth/consent': 'connectors:authorize',
  'POST /oauth/consent': 'connectors:authorize',
  'POST /oauth/sign-in': 'auth:session',
  'POST /v1/apps/mcp/sign-in': 'auth:session',
  'POST /oauth/register': 'connectors:token',
  'POST /oauth/token': 'connectors:token',
  'POST /oauth/revoke': 'connectors:token',
  'POST /token': 'connectors:token',
  'POST /v1/auth/session': 'auth:session',
  'GET /v1/action-items/shared/:token': 'shared:read',
  'GET /v2/messages/shared/:token': 'shared:read',
  'GET /shared/tasks/:token': 'shared:read',
  'GET /shared/chat/:token': 'shared:read',
  'GET /calendar/:file': 'shared:read',
};

/** How a request stands to the limit of a policy. */
export interface RequestCount {
  limit: number;
  remaining: number;
  /** Seconds. */
  resetsInS: number;
  isExceeded: boolean;
}

/** Counts a request of a policy; null if it cannot be counted. */
export type CountRequest = (
  policy: string,
  subject: string,
  limit: RateLimit,
) => Promise<RequestCount | null>;

/** Every request with a key of the kind counts under this policy, beside that of its route. */
const KEY_POLICIES = { dev: 'dev:requests', mcp: 'mcp:requests' } as const;

/**
 * Refuses with 429 what a user, or an address without sign-in, does too often. Runs after sign-in and
 * before the body is read, so a request counts whatever becomes of it.
 */
export function limitRates(count: CountRequest) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const route = `${request.method} ${request.routeOptions.url ?? ''}`;
    const policy = ROUTE_POLICIES[route];
    const anonymous = ANONYMOUS_POLICIES[route];
    if (request.uid === '') {
      if (!anonymous) return;
      const caller = callerOf(request);
      await refuse(reply, anonymous, await count(anonymous, caller, ANONYMOUS_LIMITS[anonymous]));
      return;
    }
    const { key } = request.routeOptions.config;
    for (const one of [key && KEY_POLICIES[key.kind], policy]) {
      if (!one) continue;
      const counted = await count(one, request.uid, RATE_LIMITS[one]);
      if (key && counted) reply.headers(countHeaders(counted));
      if (await refuse(reply, one, counted)) return;
    }
  };
}

/** What Omi's documents promise on every answer of the developer API. `reset` is in seconds from now. */
function countHeaders({ limit, remaining, resetsInS }: RequestCount): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(resetsInS),
  };
}

/** Sends 429 if the request is beyond its limit, and returns whether it did. */
async function refuse(
  reply: FastifyReply,
  policy: string,
  counted: RequestCount | null,
): Promise<boolean> {
  if (!counted?.isExceeded) return false;
  const seconds = counted.resetsInS;
  // Omi's command line looks for the policy's name to say which limit it was.
  const of = policy.startsWith('dev:') ? ` (${policy})` : '';
  const message = `Rate limit exceeded${of}. Try again in ${seconds}s.`;
  const error = new AppError('rate-limited', message);
  await reply
    .code(429)
    .headers({
      'x-ratelimit-limit': String(counted.limit),
      'x-ratelimit-remaining': '0',
      'retry-after': String(seconds),
    })
    .type('application/json; charset=utf-8')
    .send(stringifyWire(errorToWire(error)));
  return true;
}
