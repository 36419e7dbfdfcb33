import {
  OmiError as ApiError,
  asForm,
  createOmiClient,
  dataOf,
  refusalOf,
} from '../../../src/client/index.ts';
import { noteServerTime } from './server-clock.ts';

/** What a failed request tells the reader: a sentence, the HTTP status (0: none came), the stable code. */
export { ApiError, asForm, dataOf };

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

/**
 * The server's operations, typed, and its chat; the session's cookie signs in.
 * `await dataOf(api.GET(path, options))` returns the data. Calls throw `ApiError` with the server's
 * sentence; its status is 0 if the server cannot be reached.
 */
export const { api, ask: askQuestion } = createOmiClient({
  baseUrl: '.',
  token: null,
  fetch: send,
});

/** A `fetch` that throws `ApiError` for what is no success. */
async function send(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(input, init);
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
