import { conversations } from '../model/conversation.ts';
import type { DocumentReader } from '../store/document-store.ts';

/** Id of the user's newest completed conversation; null if there is none. */
export async function findLastConversation(
  reader: DocumentReader,
  uid: string,
): Promise<string | null> {
  const { items } = await reader.query(conversations, uid, {
    query: 'recent',
    filters: { status: ['completed'], discarded: false },
    limit: 1,
  });
  return items[0]?.id ?? null;
}
