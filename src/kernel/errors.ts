/**
 * The one table of error codes. HTTP responses, WebSocket close codes and exit codes are small maps
 * from it. A code is stable once released. `retryable`: the same call may succeed later without a
 * change by the caller.
 */
export const ERROR_CODES = {
  'bad-request': { status: 400, retryable: false },
  unauthenticated: { status: 401, retryable: false },
  'payment-required': { status: 402, retryable: false },
  forbidden: { status: 403, retryable: false },
  'not-found': { status: 404, retryable: false },
  conflict: { status: 409, retryable: true },
  'payload-too-large': { status: 413, retryable: false },
  'unsupported-codec': { status: 400, retryable: false },
  'invalid-request': { status: 422, retryable: false },
  'method-not-allowed': { status: 405, retryable: false },
  'stale-request': { status: 408, retryable: true },
  gone: { status: 410, retryable: false },
  'unsupported-media-type': { status: 415, retryable: false },
  'unsatisfiable-range': { status: 416, retryable: false },
  'foreign-host': { status: 421, retryable: false },
  'rate-limited': { status: 429, retryable: true },
  'already-exists': { status: 409, retryable: false },
  'provider-unavailable': { status: 503, retryable: true },
  'provider-rejected': { status: 502, retryable: false },
  'provider-unauthorized': { status: 502, retryable: false },
  'provider-quota': { status: 503, retryable: true },
  'provider-busy': { status: 503, retryable: true },
  'provider-protocol': { status: 502, retryable: true },
  'budget-used-up': { status: 503, retryable: true },
  'not-configured': { status: 503, retryable: false },
  'invalid-configuration': { status: 500, retryable: false },
  'invalid-model': { status: 422, retryable: false },
  'disk-full': { status: 503, retryable: true },
  timeout: { status: 504, retryable: true },
  aborted: { status: 499, retryable: true },
  internal: { status: 500, retryable: false },
} as const satisfies Record<string, { status: number; retryable: boolean }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * The one error type that crosses module borders. The message is written for the person who must act
 * on it. It never contains user data or a secret.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryable: boolean;
  /** When to retry, as the other side has asked, milliseconds from now; null if it has not. */
  readonly retryAfterMs: number | null;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; retryable?: boolean; retryAfterMs?: number } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = ERROR_CODES[code].status;
    this.retryable = options.retryable ?? ERROR_CODES[code].retryable;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** Returns true if `error` is an `AppError`, optionally of the given code. */
export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/** Returns the first `AppError` among a thrown value and its causes: libraries wrap what they are thrown. */
export function findAppError(error: unknown): AppError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isAppError(cause)) return cause;
  }
  return undefined;
}

/** Returns a thrown value as an `AppError`. An unknown value becomes `internal` and is kept as cause. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof Error && error.name === 'AbortError') {
    return new AppError('aborted', 'The operation was cancelled.', { cause: error });
  }
  return new AppError('internal', 'Something went wrong on the server.', { cause: error });
}

/** Returns a short description of a thrown value for logs, without stack and data. */
export function describeError(error: unknown): string {
  if (error instanceof AppError) return `${error.code}: ${error.message}`;
  // The message of a SyntaxError quotes the text that could not be parsed.
  if (error instanceof SyntaxError) return error.name;
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  return String(error);
}
