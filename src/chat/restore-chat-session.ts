import { documentsIn, documentsOf } from '../deletions/deleted-documents.ts';
import type { DeletionHandler, KeptDeletions } from '../deletions/deletions.ts';
import { AppError } from '../kernel/errors.ts';
import { chatFiles } from '../model/chat/chat-file.ts';
import { type ChatSession, chatSessions, chatSummaries } from '../model/chat/chat-session.ts';
import { type Message, messages } from '../model/chat/message.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { summaryIdOf } from './chat-history.ts';
import type { ChatId } from './chat-messages.ts';
import { type ChatFiles, MAX_FILES_PER_USER } from './files/chat-files.ts';

/** Keeps a chat session with its messages, files and summary, to be brought back. */
export async function keepChatSession(
  store: DocumentStore,
  deletions: KeptDeletions,
  uid: string,
  session: ChatSession,
  files: Pick<ChatFiles, 'listChat'>,
): Promise<void> {
  const chat: ChatId = { appId: session.appId, sessionId: session.id };
  const filters = { chatSessionId: session.id };
  const said: Message[] = [];
  for await (const message of queryAll(store, messages, uid, { query: 'recent', filters })) {
    said.push(message);
  }
  await deletions.keep(uid, 'chat_session', session.id, [
    ...documentsOf(messages, said),
    ...documentsOf(chatFiles, await files.listChat(uid, chat, MAX_FILES_PER_USER)),
    ...documentsOf(chatSummaries, await store.findMany(chatSummaries, uid, summaryIds(session))),
    ...documentsOf(chatSessions, [session]),
  ]);
}

/** Returns the ids under which a session's summary may be. */
export function summaryIds({ id, appId }: Pick<ChatSession, 'id' | 'appId'>): string[] {
  const chats = [...new Set([appId, null])].map((app) => ({ appId: app, sessionId: id }));
  return chats.map(summaryIdOf);
}

/** Brings back a chat session with what was said in it, or erases its files. */
export function chatSessionDeletions(files: Pick<ChatFiles, 'eraseForgotten'>): DeletionHandler {
  return {
    parts: new Set([messages.name, chatFiles.name, chatSummaries.name]),
    async planRestore(tx, uid, { subjectId }, documents) {
      if (await tx.find(chatSessions, uid, subjectId)) {
        throw new AppError('already-exists', 'The chat is there again.');
      }
      return () => {
        for (const session of documentsIn(chatSessions, documents)) {
          tx.put(chatSessions, uid, session);
        }
      };
    },
    eraseFiles: async (_uid, _id, documents) =>
      await files.eraseForgotten(documentsIn(chatFiles, await documents())),
  };
}
