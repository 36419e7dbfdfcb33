import type { AudioLog } from '../audio/audio-log.ts';
import { listenSessions } from '../model/conversations/listen-session.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

/**
 * Deletes the logged audio of a conversation's past sessions. A session that is connected keeps
 * its log: what it says from now on belongs to the next conversation.
 */
export async function eraseSessionAudio(
  store: DocumentStore,
  audioLog: AudioLog,
  uid: string,
  conversationId: string,
): Promise<void> {
  const filters = { conversationId };
  for await (const session of queryAll(store, listenSessions, uid, {
    query: 'ofConversation',
    filters,
  })) {
    if (session.state === 'draining') await audioLog.delete(uid, session.id);
    // Of one that also recorded another conversation the job takes what is left to keep.
    const isOwn = session.spans.every((span) => span.conversationId === conversationId);
    if (session.state === 'recording' && isOwn) await audioLog.delete(uid, session.id);
  }
}
