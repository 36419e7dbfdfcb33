import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ApiKeys } from '../auth/api-keys.ts';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import type { AcceptHost } from '../kernel/allowed-hosts.ts';
import { basePathOf, withoutBasePath } from '../kernel/base-path.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Tracing } from '../kernel/tracing.ts';
import type { UserApiKeys } from '../users/user-api-keys.ts';
import { addApiDocs } from './api-docs.ts';
import { addBodyParsers } from './body-parsers.ts';
import { addConsole, CONSOLE_FOLDER } from './console-pages.ts';
import { answerError, routeOf } from './error-handler.ts';
import { type HealthDeps, healthRoutes } from './health-routes.ts';
import { addHelp } from './help/help-routes.ts';
import { logRequests } from './observing/access-log.ts';
import { traceRequests } from './observing/trace-requests.ts';
import { type CountRequest, limitRates } from './rate-limits.ts';
import { refuseForeignHosts, refuseStaleRequests, requireSignIn } from './request-guards.ts';
import { addCors, addResponseHeaders } from './response-headers.ts';
import { HeadRequests } from './routing/head-requests.ts';
import { answerUnknownRoutes, refuseRouteWords } from './routing/unknown-routes.ts';
import { answerAsWire, wireSerializerCompiler, zodValidatorCompiler } from './schema-compilers.ts';
import { checkUserApiKeys } from './user-api-key-headers.ts';

/** A resource's routes, made by `xxxRoutes(deps)`. */
export type RoutePlugin = FastifyPluginAsyncZod;

export interface HttpAppOptions {
  logger: Logger;
  verifier: TokenVerifier;
  /** Keys for programs; absent: routes for keys take sign-ins only. */
  apiKeys?: ApiKeys;
  /** Null: keys that users bring themselves are not looked at. */
  userApiKeys: UserApiKeys | null;
  /** Address under which clients reach the server; absent: the one that they ask for. */
  publicUrl?: string | null;
  /** Where the built console lies; absent: beside the program. */
  consoleFolder?: string;
  /** Which names in `Host` are this server's; absent: any. */
  acceptHost?: AcceptHost;
  /** Origins of browsers that may call the API; empty: none but the server's own. */
  corsOrigins: readonly string[];
  routes: readonly RoutePlugin[];
  /** What `/v1/health` tells besides `status`; throws if the server cannot do its work. */
  health: HealthDeps['health'];
  /** What `/v1/ready` tells a load balancer; absent: always true. */
  isReady?: () => boolean;
  /** Told of every answer; `route` is the pattern. */
  onResponse?: (method: string, route: string, status: number, ms: number) => void;
  /** Records requests; absent: nothing is recorded. */
  tracing?: Tracing;
  /** Counts what users do often; absent: nothing is limited. */
  countRequest?: CountRequest;
  /** What `/asyncapi.json` shows; absent: there is none. */
  asyncApi?: () => Promise<object>;
  /** Version in the API description. */
  version?: string;
  clock?: Clock;
  /** Longest time for a handler, milliseconds; then 504 and `request.signal` is aborted. */
  requestTimeoutMs?: number;
  /** Oldest `X-Request-Start-Time` that is let through, milliseconds. */
  maxRequestAgeMs?: number;
  /** Largest body, bytes, if a route says nothing else. */
  bodyLimitBytes?: number;
}

const REQUEST_TIMEOUT_MS = 120_000;
/** 300 s of age and 300 s of clock skew, as on Omi's server. */
const MAX_REQUEST_AGE_MS = 600_000;
const BODY_LIMIT_BYTES = 1_048_576;
/** A busy or slow machine needs longer than the 10 s that Fastify gives the parts of a start. */
const START_TIMEOUT_MS = 120_000;
const REQUEST_ID = /^[\w.-]{1,64}$/;

/**
 * The HTTP application, not yet listening. Every route needs sign-in and gets `request.uid`, except
 * those with `config: { public: true }`. `app.server` is free for a WebSocket upgrade handler.
 */
export function buildHttpApp(options: HttpAppOptions): FastifyInstance {
  const publicUrl = options.publicUrl ?? null;
  const basePath = basePathOf(publicUrl);
  const heads = new HeadRequests();
  const app: FastifyInstance = fastify({
    loggerInstance: options.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimitBytes ?? BODY_LIMIT_BYTES,
    handlerTimeout: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    pluginTimeout: START_TIMEOUT_MS,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId();
    },
    ...heads.serverOptions((url) => withoutBasePath(url, basePath)),
    frameworkErrors: answerError,
    // A base URL configured with one slash too many, or a path with one at its end, still works.
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 500 },
  });
  app.setValidatorCompiler(zodValidatorCompiler);
  app.setSerializerCompiler(wireSerializerCompiler);
  app.addHook('onRoute', answerAsWire);
  app.setErrorHandler(answerError);
  app.decorateRequest('uid', '');
  app.addHook('onRequest', heads.restore);
  const folder = options.consoleFolder ?? CONSOLE_FOLDER;
  const sendPage = addConsole(app, folder, basePath);
  const unknownRoutes = answerUnknownRoutes(app, sendPage);
  if (options.tracing) traceRequests(app, options.tracing);
  addBodyParsers(app);
  logRequests(app);
  addResponseHeaders(app);
  const { onResponse } = options;
  if (onResponse) {
    app.addHook('onResponse', async (request, reply) => {
      onResponse(request.method, routeOf(request), reply.statusCode, reply.elapsedTime);
    });
  }
  if (options.acceptHost) app.addHook('onRequest', refuseForeignHosts(options.acceptHost));
  addCors(app, options.corsOrigins);
  app.addHook('onRequest', unknownRoutes.answerEarly);
  addHelp(app, { version: options.version ?? '', basePath });
  addApiDocs(app, options.version ?? '0.0.0', options.asyncApi ?? null);
  app.register(async (api) => {
    const maxAgeMs = options.maxRequestAgeMs ?? MAX_REQUEST_AGE_MS;
    api.addHook('onRequest', refuseStaleRequests(options.clock ?? systemClock, maxAgeMs));
    api.addHook('preValidation', refuseRouteWords);
    api.addHook(
      'onRequest',
      requireSignIn({ verifier: options.verifier, apiKeys: options.apiKeys ?? null, publicUrl }),
    );
    if (options.userApiKeys) api.addHook('onRequest', checkUserApiKeys(options.userApiKeys));
    if (options.countRequest) api.addHook('onRequest', limitRates(options.countRequest));
    api.register(
      healthRoutes({ health: options.health, isReady: options.isReady ?? (() => true) }),
    );
    for (const plugin of options.routes) api.register(plugin);
  });
  return app;
}
