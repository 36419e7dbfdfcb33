import type { ChatService } from '../chat/chat-service.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Message } from '../model/chat/message.ts';

/**
 * Answers one question from what is stored of a user, outside of every chat: nothing of it is kept, and
 * nothing is changed, whatever the question asks for.
 *
 * @throws AppError `internal` if the answer never ended
 */
export async function askOnce(
  chat: Pick<ChatService, 'answer' | 'clear'>,
  uid: string,
  question: string,
  signal: AbortSignal,
): Promise<Message> {
  const place = { appId: `ask-${newId()}`, sessionId: null };
  const request = {
    text: question,
    page: null,
    scope: null,
    fileIds: [],
    isSpoken: false,
    mayWrite: false,
  };
  try {
    for await (const event of chat.answer(uid, place, request, signal)) {
      if (event.type === 'done') return event.message;
    }
    throw new AppError('internal', 'The question was not answered.');
  } finally {
    await chat.clear(uid, place);
  }
}
