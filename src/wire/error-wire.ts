import type { AppError, ErrorCode } from '../kernel/errors.ts';

/** Where in a request a value was wrong: the part, then the path inside it. */
export type ErrorLocation = ['body' | 'query' | 'path' | 'header', ...(string | number)[]];

/** One entry of a 422 answer, in the form of pydantic, which Omi's server uses. */
export interface ValidationErrorWire {
  type: string;
  loc: ErrorLocation;
  msg: string;
  input: unknown;
  ctx?: Record<string, unknown>;
}

/** The body of every refused request. */
export interface ErrorWire {
  /** Stable, for programs; `detail` is for people and may change. */
  code: ErrorCode;
  detail: string | Record<string, unknown> | ValidationErrorWire[];
}

/** The answer to an error that may be shown to the client. */
export function errorToWire(error: AppError): ErrorWire {
  return { detail: error.message, code: error.code };
}

/** Code of what only HTTP refuses, by its status. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'stale-request',
  409: 'conflict',
  410: 'gone',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
  416: 'unsatisfiable-range',
  421: 'foreign-host',
  422: 'invalid-request',
  429: 'rate-limited',
  500: 'internal',
  503: 'not-configured',
};

/** Returns the body of a refusal that has a status and no error behind it. */
export function refusalToWire(status: number, detail: ErrorWire['detail']): ErrorWire {
  return { detail, code: CODES[status] ?? 'bad-request' };
}

/** The answer to a request whose `X-Request-Start-Time` is too old; the app warns about its clock. */
export interface ClockSkewWire {
  code: 'stale-request';
  error: 'clock_skew';
  message: string;
  /** Seconds since the epoch. */
  server_time: number;
  client_time: number;
  skew_seconds: number;
  hint: string;
}

/** @param serverMs, clientMs milliseconds since the epoch */
export function clockSkewToWire(serverMs: number, clientMs: number): ClockSkewWire {
  return {
    code: 'stale-request',
    error: 'clock_skew',
    message: 'The request was stamped too long ago.',
    server_time: serverMs / 1000,
    client_time: clientMs / 1000,
    skew_seconds: (serverMs - clientMs) / 1000,
    hint: "Set the device's date and time to automatic and try again.",
  };
}
