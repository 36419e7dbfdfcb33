import {
  type ConversationPhoto,
  conversationPhotos,
} from '../model/conversations/conversation-photo.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader } from '../store/document-store.ts';

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

/** True if a conversation has a photo; with `state`, one in that state. */
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
