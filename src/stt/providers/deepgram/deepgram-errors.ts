import { z } from 'zod';
import { AppError, type ErrorCode } from '../../../kernel/errors.ts';
import { type WebSocketClose, WebSocketHandshakeError } from '../../../kernel/websocket-client.ts';

const bodySchema = z.object({ err_code: z.string().nullish(), request_id: z.string().nullish() });

/** A failed connection attempt as the error that a caller can act on. */
export function deepgramHandshakeError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (!(error instanceof WebSocketHandshakeError)) {
    return new AppError('provider-unavailable', 'Deepgram could not be reached.', { cause: error });
  }
  if (error.kind === 'timeout') {
    return new AppError('timeout', 'Deepgram did not answer the connection in time.');
  }
  if (error.status === null) {
    return new AppError('provider-unavailable', 'Deepgram could not be reached.', { cause: error });
  }
  const { code, what } = handshakeAnswer(error.status);
  return new AppError(code, `Deepgram ${what} (${handshakeDetails(error).join(', ')}).`);
}

function handshakeAnswer(status: number): { code: ErrorCode; what: string } {
  switch (status) {
    case 400:
      return { code: 'provider-rejected', what: 'rejected the parameters of the session' };
    case 401:
      return { code: 'provider-unauthorized', what: 'does not accept the API key' };
    case 402:
      return { code: 'provider-quota', what: 'has no credit left for this project' };
    case 403:
      return { code: 'provider-unauthorized', what: 'denies this API key the model' };
    case 429:
      return { code: 'provider-quota', what: 'allows no further concurrent session' };
    default:
      return status >= 500
        ? { code: 'provider-unavailable', what: 'is not available' }
        : { code: 'provider-rejected', what: 'refused the connection' };
  }
}

/** Status, error code and request id. Free text is left out: it may repeat a user's keyterms. */
function handshakeDetails(error: WebSocketHandshakeError): string[] {
  const body = bodySchema.safeParse(parseJson(error.body)).data;
  const details = [`HTTP ${error.status}`];
  const code = [body?.err_code, error.headers['dg-error']].find((text) =>
    /^[A-Z][A-Z0-9_-]{1,60}$/.test(text ?? ''),
  );
  if (code) details.push(code);
  const requestId = body?.request_id ?? error.headers['dg-request-id'];
  if (requestId && /^[\w-]{1,64}$/.test(requestId)) details.push(`request ${requestId}`);
  return details;
}

/** The end of an open connection before its session was over. */
export function deepgramCloseError(close: WebSocketClose): AppError {
  const { code, reason } = close;
  if (code === 1008) {
    const what = reason.includes('DATA-0000')
      ? 'cannot decode the audio it was sent (DATA-0000)'
      : 'refused to go on';
    return new AppError('provider-rejected', `Deepgram ${what} (close code 1008).`);
  }
  if (code === 1011) {
    const idle = /net-?000[01]/i.test(reason);
    return new AppError(
      'provider-unavailable',
      idle
        ? 'Deepgram received no audio in time (close code 1011).'
        : 'Deepgram closed the session with an internal error (close code 1011).',
    );
  }
  if (code === 1002 || code === 1003 || code === 1007 || code === 1009) {
    return new AppError(
      'provider-protocol',
      `Deepgram and this server disagree about the protocol (close code ${code}).`,
    );
  }
  return new AppError('provider-unavailable', `The connection to Deepgram was lost (${code}).`, {
    cause: close.error ?? undefined,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
