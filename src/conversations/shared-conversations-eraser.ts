import { GLOBAL } from '../model/collection.ts';
import { sharedConversations } from '../model/conversations/shared-conversation.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** Removes the public links of a user's conversations; part of deleting an account. */
export async function eraseSharedConversations(store: DocumentStore, uid: string): Promise<void> {
  const request = { query: 'ofUser', filters: { uid } } as const;
  for await (const { id } of queryAll(store, sharedConversations, GLOBAL, request)) {
    await store.transact((tx) => tx.delete(sharedConversations, GLOBAL, id));
  }
}
