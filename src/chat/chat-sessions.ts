import type { KeptDeletions } from '../deletions/deletions.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import {
  type ChatSession,
  chatSessions,
  chatSummaries,
  NEW_CHAT_TITLE,
} from '../model/chat/chat-session.ts';
import { getDocument, queryByOffset } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { ChatMessages } from './chat-messages.ts';
import type { ChatFiles } from './files/chat-files.ts';
import { keepChatSession, summaryIds } from './restore-chat-session.ts';

type SessionFiles = Pick<ChatFiles, 'clear' | 'forget' | 'listChat'>;

const NOT_FOUND = 'Chat session not found';

/** Chats that a client keeps beside the main one. */
export class ChatSessions {
  readonly #store: DocumentStore;
  readonly #clock: Clock;
  readonly #messages: ChatMessages;
  readonly #files: SessionFiles;
  readonly #deletions: KeptDeletions;

  constructor(options: {
    store: DocumentStore;
    clock: Clock;
    messages: ChatMessages;
    files: SessionFiles;
    /** Keeps what is deleted for a while. */
    deletions: KeptDeletions;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#messages = options.messages;
    this.#files = options.files;
    this.#deletions = options.deletions;
  }

  async create(
    uid: string,
    parts: { title: string | null; appId: string | null },
  ): Promise<ChatSession> {
    const now = this.#clock.now();
    const session: ChatSession = {
      id: newId(),
      title: parts.title || NEW_CHAT_TITLE,
      preview: null,
      appId: parts.appId,
      createdAt: now,
      updatedAt: now,
      messageCount: 0,
      starred: false,
    };
    await this.#store.transact((tx) => tx.create(chatSessions, uid, session));
    return session;
  }

  /** The last changed first; null does not restrict. */
  async list(
    uid: string,
    filter: { appId: string | null; starred: boolean | null },
    page: { offset: number; limit: number },
  ): Promise<ChatSession[]> {
    const request = {
      query: 'recent' as const,
      filters: {
        ...(filter.appId === null ? {} : { appId: filter.appId }),
        ...(filter.starred === null ? {} : { starred: filter.starred }),
      },
    };
    const { offset, limit } = page;
    return (await queryByOffset(this.#store, chatSessions, uid, request, offset, limit)).items;
  }

  async get(uid: string, id: string): Promise<ChatSession> {
    return await getDocument(this.#store, chatSessions, uid, id, NOT_FOUND);
  }

  async update(
    uid: string,
    id: string,
    changes: { title: string | null; starred: boolean | null },
  ): Promise<ChatSession> {
    return await this.#store.transact(async (tx) => {
      const session = await getDocument(tx, chatSessions, uid, id, NOT_FOUND);
      const fields = {
        title: changes.title ?? session.title,
        starred: changes.starred ?? session.starred,
        updatedAt: Math.max(this.#clock.now(), session.updatedAt),
      };
      tx.patch(chatSessions, uid, id, fields);
      return { ...session, ...fields };
    });
  }

  /** Removes a session with its messages and files, which can be brought back for a while. */
  async delete(uid: string, id: string): Promise<void> {
    const session = await this.get(uid, id);
    const chat = { appId: null, sessionId: id };
    const isKept = this.#deletions.areKept;
    if (isKept) await keepChatSession(this.#store, this.#deletions, uid, session, this.#files);
    await this.#messages.clear(uid, { chatSessionId: id });
    if (isKept) await this.#files.forget(uid, chat);
    else await this.#files.clear(uid, chat);
    await this.#store.transact((tx) => {
      for (const summary of summaryIds(session)) tx.delete(chatSummaries, uid, summary);
      tx.delete(chatSessions, uid, id);
    });
  }
}
