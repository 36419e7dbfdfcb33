import { createOmiClient, type OmiClient, type OmiError, refusalOf } from '../../client/index.ts';
import { AppError, type ErrorCode } from '../../kernel/errors.ts';

/** Longer than the server waits for the processing that a request asks for. */
const TIMEOUT_MS = 60_000;
/** Longer than the server lets an answer of the chat take. */
const STREAM_TIMEOUT_MS = 240_000;
const CHAT = '/v2/messages';

/** Every operation of the API, typed. */
export type Api = OmiClient['api'];

/** A client of the server that a command calls, with what its live socket needs besides. */
export interface ServerClient extends OmiClient {
  /** Origin with an optional prefix, without a final slash. */
  readonly url: string;
  /** They sign in. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Returns a client of the server at `url`. Its calls throw `AppError` with a sentence that says what
 * to do: `provider-unavailable` if nothing is there, `unauthenticated`, `not-found`, `provider-rejected`.
 *
 * @param url origin with an optional prefix, without a final slash
 */
export function createServerClient(url: string, token: string): ServerClient {
  const client = createOmiClient({ baseUrl: url, token, fetch: fetchFrom(url) });
  return { ...client, url, headers: { authorization: `Bearer ${token}` } };
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

/** Returns a `fetch` that ends in time and throws what the user of a command can act on. */
function fetchFrom(url: string): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const path = request.url.slice(url.length);
    const limitMs = path.startsWith(CHAT) ? STREAM_TIMEOUT_MS : TIMEOUT_MS;
    let response: Response;
    try {
      response = await fetch(request, { signal: AbortSignal.timeout(limitMs) });
    } catch (cause) {
      throw notReachable(url, cause);
    }
    if (response.ok) return response;
    throw refused(url, `${request.method} ${path}`, await refusalOf(response));
  };
}

function refused(url: string, call: string, { status, message }: OmiError): AppError {
  if (status === 401 || status === 403) return tokenRefused(url);
  const code: ErrorCode =
    status === 404 ? 'not-found' : status >= 500 ? 'provider-unavailable' : 'provider-rejected';
  return new AppError(code, `${url} answered ${status} to ${call}: ${message}`);
}
