import { z } from 'zod';
import { AppError, type ErrorCode } from '../../kernel/errors.ts';

/** Longer than the server waits for the processing that a request asks for. */
const TIMEOUT_MS = 60_000;

const detailSchema = z.object({ detail: z.string() });

/** Calls the HTTP API of a server as the user whose token it has. */
export class ApiClient {
  readonly url: string;
  readonly #token: string;

  /** @param url origin with an optional prefix, without a final slash */
  constructor(url: string, token: string) {
    this.url = url;
    this.#token = token;
  }

  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#token}` };
  }

  /** The answer's JSON; throws `AppError` that says what to do. */
  async call<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<T> {
    const response = await this.#fetch(method, path, body);
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as T;
    if (response.status === 401 || response.status === 403) throw tokenRefused(this.url);
    throw new AppError(
      response.status === 404 ? 'not-found' : codeOf(response.status),
      `${this.url} answered ${response.status} to ${method} ${path}: ${detailOf(text)}`,
    );
  }

  async #fetch(method: string, path: string, body: unknown): Promise<Response> {
    try {
      return await fetch(`${this.url}${path}`, {
        method,
        headers: {
          ...this.headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (cause) {
      throw notReachable(this.url, cause);
    }
  }
}

export function notReachable(url: string, cause: unknown): AppError {
  return new AppError(
    'provider-unavailable',
    `No server answers at ${url}. Start one with "omi-backend serve", or name it with --url.`,
    { cause },
  );
}

export function tokenRefused(url: string): AppError {
  return new AppError(
    'unauthenticated',
    `The server at ${url} does not accept the token. Make one on its machine with "omi-backend token create".`,
  );
}

function codeOf(status: number): ErrorCode {
  return status >= 500 ? 'provider-unavailable' : 'provider-rejected';
}

/** The reason in the body of an answer that is an error. */
export function detailOf(text: string): string {
  try {
    return detailSchema.safeParse(JSON.parse(text)).data?.detail ?? 'no reason given';
  } catch {
    // Not an answer of this server; a proxy's page says nothing useful in one line.
    return 'no reason given';
  }
}
