import { OmiError as ApiError, refusalOf } from '../../../src/client/refusal.ts';
import { noteServerTime } from './server-clock.ts';

/** What a failed request tells the reader: a sentence, the HTTP status (0: none came), the stable code. */
export { ApiError };

/** Address of a path of the API, relative to the page's base, so that a sub-path works. */
export function apiUrl(path: string): string {
  return new URL(path.replace(/^\//, ''), document.baseURI).href;
}

/** Address of a live socket (`ws:` or `wss:`) on the same server. */
export function socketUrl(path: string): string {
  const url = new URL(apiUrl(path));
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

let onSignedOut: () => void = () => undefined;

/** Registers what happens when the server no longer accepts the session. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  body?: unknown;
  query?: Record<string, string | number | boolean | null | undefined>;
  signal?: AbortSignal;
}

/**
 * Calls the API with the session's cookie and returns the parsed JSON.
 * @throws ApiError with the server's sentence; status 0 if the server cannot be reached
 */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** As `request`, but returns the response whose body is still to be read. */
export async function send(path: string, options: RequestOptions = {}): Promise<Response> {
  const url = new URL(apiUrl(path));
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined && value !== null && value !== '') {
      url.searchParams.set(name, String(value));
    }
  }
  const init: RequestInit = { method: options.method ?? 'GET', credentials: 'same-origin' };
  if (options.signal) init.signal = options.signal;
  if (options.body instanceof FormData) init.body = options.body;
  else if (options.body !== undefined) {
    init.body = JSON.stringify(options.body);
    init.headers = { 'content-type': 'application/json' };
  }
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'unreachable', 'The server cannot be reached.');
  }
  noteServerTime(response);
  if (response.ok) return response;
  const failure = await refusalOf(response);
  if (response.status === 401) onSignedOut();
  throw failure;
}
