import { type ChatPiece, ChatStreamError } from '../../client/chat-pieces.ts';
import { AppError } from '../../kernel/errors.ts';

/**
 * Yields the pieces of an answer of the chat.
 *
 * @throws AppError `provider-protocol` if a piece is too long or not readable
 */
export async function* readAnswer(pieces: AsyncIterable<ChatPiece>): AsyncGenerator<ChatPiece> {
  try {
    yield* pieces;
  } catch (error) {
    if (!(error instanceof ChatStreamError)) throw error;
    throw new AppError('provider-protocol', error.message, { cause: error });
  }
}
