import type { BlobStore } from '../blob/blob-store.ts';
import { deleteConversation } from '../conversations/delete-conversation.ts';
import { moveConversationParts } from '../conversations/move-conversation-parts.ts';
import type { Clock } from '../kernel/clock.ts';
import { joinedConversations } from '../model/conversations/sync-file.ts';
import type { DocumentStore } from '../store/document-store.ts';

export interface JoinDeps {
  store: DocumentStore;
  blobs: BlobStore;
  clock: Clock;
  /** Removes the audio of a conversation; removing what is absent is no error. */
  eraseRecordings: (uid: string, conversationId: string) => Promise<void>;
}

const PAGE = 50;
const everything = { hasSegments: () => true, isAt: () => true };

/**
 * Moves tasks, memories, photos and recordings of conversations whose words are in another one already, and
 * deletes those conversations. A run that was interrupted is continued by the next one.
 */
export async function finishJoins(deps: JoinDeps, uid: string): Promise<void> {
  const { store, clock, eraseRecordings } = deps;
  for (;;) {
    const { items } = await store.query(joinedConversations, uid, {
      query: 'byAge',
      filters: { state: 'moving' },
      limit: PAGE,
    });
    if (items.length === 0) return;
    for (const { id, into } of items) {
      await moveConversationParts(deps, uid, { from: id, to: into, ...everything }, clock.now());
      await eraseRecordings(uid, id);
      await deleteConversation(store, uid, id, { cascade: true, now: clock.now() });
      await store.transact((tx) => tx.patch(joinedConversations, uid, id, { state: 'done' }));
    }
  }
}
