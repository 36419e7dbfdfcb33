import { type ConversationPhoto, conversationPhotos } from '../model/conversation-photo.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader, DocumentStore } from '../store/document-store.ts';

/** Documents deleted in one commit: below the 500 writes that Firestore takes. */
const DELETED_PER_COMMIT = 200;

/** The photos of a conversation in the order in which they were taken. */
export async function loadPhotos(
  reader: DocumentReader,
  uid: string,
  conversationId: string,
): Promise<ConversationPhoto[]> {
  const photos: ConversationPhoto[] = [];
  const request = { query: 'ofConversation', filters: { conversationId } } as const;
  for await (const photo of queryAll(reader, conversationPhotos, uid, request)) photos.push(photo);
  return photos;
}

/** True where a conversation has a photo; with `state`, one in that state. */
export async function hasPhoto(
  reader: DocumentReader,
  uid: string,
  conversationId: string,
  state: ConversationPhoto['state'] | null = null,
): Promise<boolean> {
  const filters = { conversationId, ...(state === null ? {} : { state }) };
  const request = { query: 'ofConversation', filters, limit: 1 } as const;
  const { items } = await reader.query(conversationPhotos, uid, request);
  return items.length > 0;
}

/** Deletes all photos of a conversation; none is no error. */
export async function deletePhotos(
  store: DocumentStore,
  uid: string,
  conversationId: string,
): Promise<void> {
  for (;;) {
    const { items } = await store.query(conversationPhotos, uid, {
      query: 'ofConversation',
      filters: { conversationId },
      limit: DELETED_PER_COMMIT,
    });
    if (items.length === 0) return;
    await store.transact((tx) => {
      for (const { id } of items) tx.delete(conversationPhotos, uid, id);
    });
  }
}
