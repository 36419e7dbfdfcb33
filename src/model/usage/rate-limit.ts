/** At most `max` requests within a window of `windowMs`, which begins with the first one. */
export interface RateLimit {
  max: number;
  windowMs: number;
  /** True for a limit that the operator's factor does not raise. */
  isFixed?: boolean;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

function hourly(max: number): RateLimit {
  return { max, windowMs: HOUR_MS };
}

/** How often a user may make expensive requests, as on Omi's server. */
export const RATE_LIMITS = {
  'conversations:create': hourly(10),
  // A client whose connection was down for a day sends everything that it has kept.
  'conversations:from_segments': hourly(120),
  'conversations:reprocess': hourly(3),
  'conversations:merge': hourly(5),
  'conversations:search': hourly(60),
  'chat:send_message': hourly(120),
  // An agent asks several times for one answer.
  'chat:completions': hourly(600),
  'chat:initial': hourly(60),
  'voice:transcribe': hourly(60),
  'voice:message': hourly(60),
  'tts:synthesize': hourly(300),
  'file:upload': hourly(40),
  'memories:create': hourly(60),
  'memories:batch': hourly(30),
  'memories:modify': hourly(120),
  'memories:delete': hourly(60),
  'memories:delete_all': hourly(2),
  'goals:suggest': hourly(30),
  'goals:advice': hourly(30),
  'integration:conversations': hourly(10),
  'integration:memories': hourly(60),
  // For the user's peace, not for the server's.
  'integration:notification': { ...hourly(10), isFixed: true },
  'knowledge_graph:rebuild': hourly(2),
  'wrapped:generate': { max: 2, windowMs: 24 * HOUR_MS },
  // Omi's numbers for programs are made for a server with many users; these are for one's own.
  'dev:requests': { max: 300, windowMs: MINUTE_MS },
  'dev:conversations': hourly(120),
  'dev:memories': hourly(600),
  'dev:memories_batch': hourly(120),
  'mcp:requests': { max: 300, windowMs: MINUTE_MS },
  'mcp:sse': { max: 600, windowMs: MINUTE_MS },
} as const satisfies Record<string, RateLimit>;

/**
 * How often one address may make expensive requests without sign-in: steps of a sign-in write to the
 * store, and links could be guessed. Several users may share an address.
 */
export const ANONYMOUS_LIMITS = {
  'auth:authorize': { max: 60, windowMs: MINUTE_MS, isFixed: true },
  'auth:callback': { max: 60, windowMs: MINUTE_MS, isFixed: true },
  'auth:token': { max: 60, windowMs: MINUTE_MS, isFixed: true },
  'connectors:authorize': { max: 60, windowMs: MINUTE_MS, isFixed: true },
  'connectors:token': { max: 120, windowMs: MINUTE_MS, isFixed: true },
  'auth:session': { max: 60, windowMs: MINUTE_MS, isFixed: true },
  'shared:read': { max: 120, windowMs: MINUTE_MS, isFixed: true },
} as const satisfies Record<string, RateLimit>;
