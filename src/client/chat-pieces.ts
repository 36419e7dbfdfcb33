import type { components } from './schema.ts';

/** A stored message of a chat. */
export type ChatMessage = components['schemas']['ResponseMessage'];

/** A piece of a streamed answer. */
export type ChatPiece =
  /** What is being done, to be shown while the user waits; `appId` is the app whose tool runs. */
  | { type: 'status'; text: string; appId: string | null }
  /** The next words. */
  | { type: 'text'; text: string }
  /** The user's own message; the first piece of the answer to a voice message. */
  | { type: 'question'; message: ChatMessage }
  /** The stored answer, the last piece. */
  | { type: 'done'; message: ChatMessage };

/** The stream breaks its protocol. */
export class ChatStreamError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ChatStreamError';
  }
}

/** Longest piece that is waited for, characters: the stored answer with its citations. */
const MAX_PIECE = 8 * 2 ** 20;

/**
 * Reads the pieces of `POST /v2/messages` and `POST /v2/voice-messages`. Pieces of unknown kinds are
 * skipped. An answer whose stream ends without `done` was cut off and is not stored.
 *
 * @throws ChatStreamError if a piece is too long or not readable
 */
export async function* readChatPieces(body: AsyncIterable<Uint8Array>): AsyncGenerator<ChatPiece> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    const pieces = rest.split('\n\n');
    rest = pieces.pop() ?? '';
    if (rest.length > MAX_PIECE)
      throw new ChatStreamError('The server sent a piece without an end.');
    for (const piece of pieces) {
      const read = readPiece(piece);
      if (read) yield read;
    }
  }
}

/** Yields the chunks of a response's body; not every browser can iterate a `ReadableStream`. */
export async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

function readPiece(piece: string): ChatPiece | undefined {
  const end = piece.indexOf(': ');
  const payload = piece.slice(end + 2);
  switch (piece.slice(0, Math.max(0, end))) {
    case 'think': {
      const mark = payload.lastIndexOf('|app_id:');
      const text = mark < 0 ? payload : payload.slice(0, mark);
      const appId = mark < 0 ? null : payload.slice(mark + '|app_id:'.length);
      return { type: 'status', text: withLineBreaks(text), appId };
    }
    case 'data':
      return { type: 'text', text: withLineBreaks(payload) };
    case 'message':
      return { type: 'question', message: parseMessage(payload) };
    case 'done':
      return { type: 'done', message: parseMessage(payload) };
    default:
      return undefined;
  }
}

function parseMessage(payload: string): ChatMessage {
  try {
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as ChatMessage;
  } catch (cause) {
    throw new ChatStreamError('A message of the answer cannot be read.', { cause });
  }
}

function withLineBreaks(text: string): string {
  return text.replaceAll('__CRLF__', '\n');
}
