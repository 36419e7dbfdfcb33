import { enqueue } from '../../jobs/enqueue.ts';
import type { Clock } from '../../kernel/clock.ts';
import { conversations } from '../../model/conversations/conversation.ts';
import {
  type ConversationPhoto,
  conversationPhotos,
} from '../../model/conversations/conversation-photo.ts';
import { describePhotoJob } from '../../model/jobs.ts';
import { searchChanged } from '../../search/search-changed.ts';
import type { DocumentStore } from '../../store/document-store.ts';

/**
 * Stores a photo of a conversation and, if it waits for a description, the job that makes one. A photo
 * that is stored already stays as it is. Returns false if the conversation no longer exists.
 */
export function storePhoto(
  { store, clock }: { store: DocumentStore; clock: Clock },
  uid: string,
  photo: ConversationPhoto,
): Promise<boolean> {
  return store.transact(async (tx) => {
    const now = clock.now();
    const { conversationId } = photo;
    const conversation = await tx.find(conversations, uid, conversationId);
    if (!conversation) return false;
    if (await tx.find(conversationPhotos, uid, photo.id)) return true;
    tx.create(conversationPhotos, uid, photo);
    tx.patch(conversations, uid, conversationId, {
      source: 'openglass',
      finishedAt: Math.max(conversation.finishedAt ?? 0, photo.createdAt),
      activeAt: now,
      updatedAt: Math.max(now, conversation.updatedAt + 1),
    });
    searchChanged(tx, uid, 'conversation', conversationId, now);
    if (photo.state === 'waiting') enqueue(tx, describePhotoJob, { uid, subject: photo.id }, now);
    return true;
  });
}
