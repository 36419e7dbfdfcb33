import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, describeError, toAppError } from '../kernel/errors.ts';
import { errorToWire, refusalToWire } from '../wire/error-wire.ts';
import { stringifyWire } from '../wire/json.ts';
import { HttpError } from './http-error.ts';
import { answerNoRoute, hasRouteWord } from './routing/unknown-routes.ts';
import { RequestValidationError, ResponseShapeError } from './schema-compilers.ts';

/** Statuses of requests that were refused for what they asked, not for who asked or how often. */
const REFUSED: ReadonlySet<number> = new Set([400, 404, 422]);

/** Texts for what the HTTP layer itself refuses. */
const FRAMEWORK_TEXTS: Record<number, string> = {
  400: 'Bad Request',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  503: 'Service Unavailable',
};

/**
 * Returns every failed request as the contract says: `{"detail": …}`, a plain text for what is
 * our own fault, nothing at all for what took too long. No message of an unknown error leaves.
 */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (isMisplaced(error, request)) {
    answerNoRoute(reply);
    return;
  }
  if (error instanceof RequestValidationError) {
    sendJson(reply, error.statusCode, refusalToWire(error.statusCode, error.detail));
    return;
  }
  if (error instanceof HttpError) {
    sendJson(reply, error.statusCode, refusalToWire(error.statusCode, error.detail));
    return;
  }
  const framework = frameworkError(error);
  if (framework?.code === 'FST_ERR_HANDLER_TIMEOUT') {
    request.log.warn({ route: routeOf(request) }, 'request timed out');
    reply.code(504).removeHeader('content-type').send();
    return;
  }
  if (framework) {
    const text = FRAMEWORK_TEXTS[framework.status] ?? 'Bad Request';
    sendJson(reply, framework.status, refusalToWire(framework.status, text));
    return;
  }
  const known = toAppError(error);
  if (known.code === 'internal' || known.code === 'invalid-configuration') {
    logFault(error, request);
    reply.code(500).type('text/plain; charset=utf-8').send('Internal Server Error');
    return;
  }
  if (known.status >= 500) {
    request.log.warn({ route: routeOf(request), code: known.code }, 'request failed');
  }
  sendJson(reply, known.status, errorToWire(known));
}

/** Whether a route with an id was asked for what is another route, which this server does not have. */
function isMisplaced(error: unknown, request: FastifyRequest): boolean {
  const status = error instanceof HttpError ? error.statusCode : undefined;
  const isRefused =
    error instanceof RequestValidationError ||
    REFUSED.has(error instanceof AppError ? error.status : (status ?? 0));
  return isRefused && hasRouteWord(request);
}

function sendJson(reply: FastifyReply, status: number, body: unknown): void {
  reply.code(status).type('application/json; charset=utf-8').send(stringifyWire(body));
}

/** Code and status of an error that Fastify itself made for the request; undefined for others. */
function frameworkError(error: unknown): { code: string; status: number } | undefined {
  if (!(error instanceof Error) || error instanceof AppError) return undefined;
  const { code, statusCode } = error as FastifyError;
  if (typeof code !== 'string' || !code.startsWith('FST_')) return undefined;
  if (code === 'FST_ERR_HANDLER_TIMEOUT') return { code, status: 504 };
  const status = statusCode ?? 500;
  return (status >= 400 && status < 500) || status === 503 ? { code, status } : undefined;
}

/** The stack says where; the message of an unknown error may quote data, so only its kind is logged. */
function logFault(error: unknown, request: FastifyRequest): void {
  const fault = error instanceof AppError && error.cause !== undefined ? error.cause : error;
  request.log.error(
    {
      route: routeOf(request),
      kind: fault instanceof Error ? fault.name : typeof fault,
      ...(error instanceof AppError ? { message: describeError(error) } : {}),
      ...(fault instanceof ResponseShapeError ? { paths: fault.paths } : {}),
      at: stackOf(fault),
    },
    'request failed unexpectedly',
  );
}

function stackOf(fault: unknown): string[] {
  if (!(fault instanceof Error) || fault.stack === undefined) return [];
  return fault.stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => line.trim());
}

/** Pattern of the request's route: never the URL, whose query and ids are the user's. */
export function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unmatched';
}
