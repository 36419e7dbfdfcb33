import { AppError } from '../../../kernel/errors.ts';

/** Bytes that an error may be long. */
const MAX_ERROR_BYTES = 256 * 1024;
/** Bytes of one line of a stream, and of one event of several lines. */
const MAX_LINE_BYTES = 512 * 1024;
const NEW_LINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A model server sends more than any answer can be. What has arrived may be used. */
export class AnswerTooLongError extends AppError {
  constructor(what: string) {
    super('provider-protocol', `The model server sends more than is read: ${what}.`, {
      retryable: false,
    });
  }
}

/**
 * Returns a `fetch` whose answers are bounded while they are read: bytes of a whole answer, and of
 * one line of a stream, which a reader has to hold at once.
 *
 * @param maxBytes of an answer that is no error
 */
export function boundedFetch(maxBytes: number, inner: typeof fetch = fetch): typeof fetch {
  return async (input, init) => {
    const response = await inner(input, init);
    if (!response.body) return response;
    const isStream = /text\/event-stream/i.test(response.headers.get('content-type') ?? '');
    const limits = {
      total: response.ok ? maxBytes : MAX_ERROR_BYTES,
      line: isStream ? MAX_LINE_BYTES : Number.POSITIVE_INFINITY,
    };
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(bounded(limits)), {
      status,
      statusText,
      headers: withoutCoding(headers),
    });
  };
}

/** The body is decoded already; its length and coding are of what came over the wire. */
function withoutCoding(headers: Headers): Headers {
  const kept = new Headers(headers);
  kept.delete('content-encoding');
  kept.delete('content-length');
  return kept;
}

/** Passes bytes on until there are too many of them. */
function bounded(limits: { total: number; line: number }): TransformStream<Uint8Array, Uint8Array> {
  let total = 0;
  let eventBytes = 0;
  let lineBytes = 0;
  const count = (chunk: Uint8Array): void => {
    for (const byte of chunk) {
      eventBytes += 1;
      if (byte === NEW_LINE) {
        // An empty line ends the event.
        if (lineBytes === 0) eventBytes = 0;
        lineBytes = 0;
      } else if (byte !== CARRIAGE_RETURN) lineBytes += 1;
    }
  };
  return new TransformStream({
    transform(chunk, controller) {
      total += chunk.length;
      if (total > limits.total) {
        throw new AnswerTooLongError(`more than ${limits.total} bytes`);
      }
      if (Number.isFinite(limits.line)) {
        count(chunk);
        if (eventBytes > limits.line) {
          throw new AnswerTooLongError(`a line of more than ${limits.line} bytes`);
        }
      }
      controller.enqueue(chunk);
    },
  });
}
