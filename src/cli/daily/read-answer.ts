import { AppError } from '../../kernel/errors.ts';

/** A piece of a streamed answer. */
export type AnswerPiece =
  | { type: 'status'; text: string }
  | { type: 'text'; text: string }
  | { type: 'done'; message: unknown };

/** Longest piece that is waited for, characters: the stored answer with its citations. */
const MAX_PIECE = 8 * 2 ** 20;
const LINE_BREAK = '__CRLF__';

/**
 * Reads the pieces of `POST /v2/messages` (src/wire/chat-stream.ts). Pieces of unknown kinds are skipped.
 *
 * @throws AppError `provider-protocol` if a piece is too long or not readable
 */
export async function* readAnswer(body: AsyncIterable<Uint8Array>): AsyncGenerator<AnswerPiece> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    const pieces = rest.split('\n\n');
    rest = pieces.pop() ?? '';
    if (rest.length > MAX_PIECE) {
      throw new AppError('provider-protocol', 'The server sent a piece that does not end.');
    }
    for (const piece of pieces) {
      const read = readPiece(piece);
      if (read) yield read;
    }
  }
}

function readPiece(piece: string): AnswerPiece | undefined {
  const end = piece.indexOf(': ');
  const payload = piece.slice(end + 2);
  switch (piece.slice(0, Math.max(0, end))) {
    case 'think':
      return { type: 'status', text: withLineBreaks(payload.replace(/\|app_id:[^|]*$/u, '')) };
    case 'data':
      return { type: 'text', text: withLineBreaks(payload) };
    case 'done':
      return { type: 'done', message: parseMessage(payload) };
    default:
      return undefined;
  }
}

function parseMessage(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
  } catch (cause) {
    throw new AppError('provider-protocol', 'The end of the answer cannot be read.', { cause });
  }
}

function withLineBreaks(text: string): string {
  return text.replaceAll(LINE_BREAK, '\n');
}
