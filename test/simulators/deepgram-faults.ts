/** Something that goes wrong with one connection, or until it is taken back. */
export type DeepgramFault =
  /** The handshake is answered with an HTTP error. */
  | { kind: 'handshake'; status: 400 | 401 | 402 | 403 | 429 | 500 | 503 }
  /** The TCP connection is cut before the handshake is answered. */
  | { kind: 'refuse' }
  /** The handshake is never answered. */
  | { kind: 'hang' }
  /** The TCP connection is cut once so much audio has come. */
  | { kind: 'drop'; afterAudioMs: number }
  /** A close frame comes once so much audio has come. */
  | { kind: 'close'; afterAudioMs: number; code: number; reason: string }
  /** No answer any more after so much audio; the socket stays open, `CloseStream` included. */
  | { kind: 'stall'; afterAudioMs: number }
  /** As `stall`, and the socket is not read any more either. */
  | { kind: 'stop-reading'; afterAudioMs: number }
  /** Frames that are no JSON, no UTF-8, of unknown types, and binary, before every result. */
  | { kind: 'garbage' }
  /** The last results come so much later than `CloseStream`. */
  | { kind: 'late-results'; delayMs: number };

/** Answers of the service at the handshake, `err_code` and text. */
export const HANDSHAKE_ANSWERS: Readonly<Record<number, { code: string; text: string }>> = {
  400: { code: 'Bad Request', text: 'Bad Request: failed to process the query parameters.' },
  401: { code: 'INVALID_AUTH', text: 'Invalid credentials.' },
  402: { code: 'ASR_PAYMENT_REQUIRED', text: 'Project does not have enough credits.' },
  403: { code: 'INSUFFICIENT_PERMISSIONS', text: 'No access to the requested model.' },
  429: { code: 'TOO_MANY_REQUESTS', text: 'Too many requests. Please try again later.' },
  500: { code: 'INTERNAL_SERVER_ERROR', text: 'Internal server error.' },
  503: { code: 'SERVICE_UNAVAILABLE', text: 'Service unavailable.' },
};
