import { z } from 'zod';
import { AppError, type ErrorCode } from '../../kernel/errors.ts';

/** Longer than the server waits for the processing that a request asks for. */
const TIMEOUT_MS = 60_000;
/** Longer than the server lets an answer of the chat take. */
const STREAM_TIMEOUT_MS = 240_000;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

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

  /**
   * Returns the JSON of the response; undefined if it has none.
   *
   * @throws AppError that says what to do
   */
  async call<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const response = await this.#fetch(method, path, body, TIMEOUT_MS);
    const text = await response.text();
    if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
    throw this.#refusal(method, path, response.status, text);
  }

  /**
   * Returns the body of the response as it comes.
   *
   * @throws AppError that says what to do
   */
  async stream(method: Method, path: string, body?: unknown): Promise<AsyncIterable<Uint8Array>> {
    const response = await this.#fetch(method, path, body, STREAM_TIMEOUT_MS);
    if (response.ok && response.body) return response.body;
    throw this.#refusal(method, path, response.status, await response.text());
  }

  #refusal(method: Method, path: string, status: number, text: string): AppError {
    if (status === 401 || status === 403) return tokenRefused(this.url);
    return new AppError(
      status === 404 ? 'not-found' : codeOf(status),
      `${this.url} answered ${status} to ${method} ${path}: ${detailOf(text)}`,
    );
  }

  async #fetch(method: Method, path: string, body: unknown, timeoutMs: number): Promise<Response> {
    try {
      return await fetch(`${this.url}${path}`, {
        method,
        headers: {
          ...this.headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
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
