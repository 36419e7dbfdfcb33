import { AppError, type ErrorCode } from '../kernel/errors.ts';
import {
  connectWebSocket,
  type WebSocketClose,
  type WebSocketConnection,
  WebSocketHandshakeError,
} from '../kernel/websocket-client.ts';

/**
 * The WebSocket address of a vendor's service.
 *
 * @param baseUrl http(s) or ws(s) origin with an optional prefix
 * @param path the vendor's own, appended to the prefix; empty if `baseUrl` is the whole address
 * @throws AppError `invalid-configuration` if the base is no such address
 */
export function vendorUrl(vendor: string, baseUrl: string, path: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  const scheme =
    url && { 'http:': 'ws:', 'https:': 'wss:', 'ws:': 'ws:', 'wss:': 'wss:' }[url.protocol];
  if (!url || !scheme) {
    throw new AppError(
      'invalid-configuration',
      `The base URL of ${vendor} must be an http(s) or ws(s) address.`,
    );
  }
  const endpoint = new URL(scheme + url.href.slice(url.protocol.length));
  if (path !== '') endpoint.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  endpoint.hash = '';
  return endpoint;
}

/** The header that carries the key; none for an empty key. */
export function bearer(apiKey: string): Record<string, string> {
  return apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` };
}

/** Opens a connection to a vendor; throws the `AppError` that a caller can act on. */
export async function connectVendor(
  vendor: string,
  options: {
    url: URL;
    headers: Record<string, string>;
    signal: AbortSignal;
    timeoutMs: number;
  },
): Promise<WebSocketConnection> {
  try {
    return await connectWebSocket({ ...options, url: options.url.href });
  } catch (error) {
    throw handshakeError(vendor, error);
  }
}

function handshakeError(vendor: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof WebSocketHandshakeError && error.kind === 'timeout') {
    return new AppError('timeout', `${vendor} did not answer the connection in time.`);
  }
  if (!(error instanceof WebSocketHandshakeError) || error.status === null) {
    return new AppError('provider-unavailable', `${vendor} could not be reached.`, {
      cause: error,
    });
  }
  const { code, what } = vendorStatus(error.status);
  // The body is left out: it may repeat what was sent, vocabulary and key included.
  return new AppError(code, `${vendor} ${what} (HTTP ${error.status}).`);
}

/** What is wrong, as the predicate of a sentence about the vendor. */
export interface VendorProblem {
  code: ErrorCode;
  what: string;
}

/** What a status of HTTP, or an error code that follows it, says of a vendor's session. */
export function vendorStatus(status: number): VendorProblem {
  switch (status) {
    case 400:
      return { code: 'provider-rejected', what: 'rejected the parameters of the session' };
    case 401:
      return { code: 'provider-unauthorized', what: 'does not accept the API key' };
    case 402:
      return { code: 'provider-quota', what: 'has no credit left for this account' };
    case 403:
      return { code: 'provider-unauthorized', what: 'denies this API key the service' };
    case 408:
      return { code: 'timeout', what: 'gave up waiting' };
    case 413:
      return { code: 'provider-unavailable', what: 'has ended a stream that became too long' };
    case 429:
      return { code: 'provider-quota', what: 'allows no further session now' };
    default:
      return status >= 500
        ? { code: 'provider-unavailable', what: 'is not available' }
        : { code: 'provider-rejected', what: 'refused the session' };
  }
}

/** The end of an open connection by a close code that means the same for every vendor. */
export function vendorCloseError(vendor: string, close: WebSocketClose): AppError {
  const { code } = close;
  if (code === 1002 || code === 1003 || code === 1007 || code === 1009) {
    return new AppError(
      'provider-protocol',
      `${vendor} and this server disagree about the protocol (close code ${code}).`,
    );
  }
  if (code === 1008) {
    return new AppError('provider-rejected', `${vendor} refused to go on (close code 1008).`);
  }
  return new AppError('provider-unavailable', `The connection to ${vendor} was lost (${code}).`, {
    cause: close.error ?? undefined,
  });
}

/** @param closing true if the last words were waited for, false if the start was awaited */
export function vendorTimeoutError(vendor: string, closing: boolean): AppError {
  const what = closing
    ? 'did not send the last words in time'
    : 'did not start the session in time';
  return new AppError('timeout', `${vendor} ${what}.`);
}
