import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import { parseJson } from '../../../kernel/json.ts';
import { type WebSocketClose, WebSocketHandshakeError } from '../../../kernel/websocket-client.ts';
import { vendorCloseError, vendorStatus } from '../../vendor-socket.ts';

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
  const { code, what } = vendorStatus(error.status);
  return new AppError(code, `Deepgram ${what} (${handshakeDetails(error).join(', ')}).`);
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
  return vendorCloseError('Deepgram', close);
}
