import { type ChatPiece, ChatStreamError, readChatPieces } from '../../client/chat-pieces.ts';
import { AppError } from '../../kernel/errors.ts';

/**
 * Reads the pieces of `POST /v2/messages`. Pieces of unknown kinds are skipped.
 *
 * @throws AppError `provider-protocol` if a piece is too long or not readable
 */
export async function* readAnswer(body: AsyncIterable<Uint8Array>): AsyncGenerator<ChatPiece> {
  try {
    yield* readChatPieces(body);
  } catch (error) {
    if (!(error instanceof ChatStreamError)) throw error;
    throw new AppError('provider-protocol', error.message, { cause: error });
  }
}
