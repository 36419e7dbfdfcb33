import { type ChatPiece, chunksOf, readChatPieces } from '../../../src/client/chat-pieces.ts';
import { send } from './client.ts';

/**
 * Asks a question and yields the answer as it is made. A stream that ends without `done` was cut
 * off: its answer was not stored.
 * @throws ApiError
 */
export async function* askQuestion(
  question: { text: string; context?: { type: 'conversation'; id: string; title: string } },
  signal: AbortSignal,
): AsyncGenerator<ChatPiece> {
  const response = await send('/v2/messages', { method: 'POST', body: question, signal });
  if (response.body) yield* readChatPieces(chunksOf(response.body));
}
