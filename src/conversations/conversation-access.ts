import { AppError } from '../kernel/errors.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import { getDocument } from '../store/collection.ts';
import type { DocumentReader } from '../store/document-store.ts';

/** A conversation of the user; absent is 404 with Omi's text. */
export function getConversation(
  reader: DocumentReader,
  uid: string,
  id: string,
): Promise<Conversation> {
  return getDocument(reader, conversations, uid, id, 'Conversation not found');
}

/** Like `getConversation`; a locked one is 402, as on every route about a single conversation. */
export async function getOpenConversation(
  reader: DocumentReader,
  uid: string,
  id: string,
): Promise<Conversation> {
  const conversation = await getConversation(reader, uid, id);
  requireUnlocked(conversation);
  return conversation;
}

/** 402 if the conversation is locked. */
export function requireUnlocked(conversation: Pick<Conversation, 'isLocked'>): void {
  if (conversation.isLocked) {
    throw new AppError('payment-required', 'A paid plan is required to access this conversation.');
  }
}

/**
 * The `updatedAt` of an edit made now. It always increases, so that a job that works on a conversation
 * sees by it that it was changed meanwhile, even within one millisecond.
 */
export function editTime(conversation: Pick<Conversation, 'updatedAt'>, now: number): number {
  return Math.max(now, conversation.updatedAt + 1);
}
