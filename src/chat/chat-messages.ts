import { clipText } from '../kernel/bounded-text.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { chatSessions } from '../model/chat/chat-session.ts';
import {
  type Chart,
  type Citation,
  type Message,
  makeMessage,
  messages,
} from '../model/chat/message.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import { getDocument, queryAll, queryByOffset } from '../store/collection.ts';
import type { DocumentStore, Transaction } from '../store/document-store.ts';

/** A chat: an app's (null: the main one), or one session. */
export interface ChatId {
  appId: string | null;
  sessionId: string | null;
}

/** A repeated request of this short a time ago is the same one: clients retry. */
const REPEAT_WINDOW_MS = 60_000;
const DELETED_PER_COMMIT = 200;
const PREVIEW_CHARS = 100;

const NOT_FOUND = 'Message not found';

/** The stored messages of a user. Every id is looked up under its user. */
export class ChatMessages {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: { store: DocumentStore; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** Newest first, without reported messages. */
  async list(
    uid: string,
    chat: ChatId,
    page: { offset: number; limit: number },
  ): Promise<Message[]> {
    const found: Message[] = [];
    let seen = 0;
    for await (const message of queryAll(this.#store, messages, uid, toRequest(chat))) {
      if (message.reported) continue;
      seen += 1;
      if (seen <= page.offset) continue;
      found.push(message);
      if (found.length >= page.limit) break;
    }
    return found;
  }

  /** Messages whatever their chat (`appId` undefined), newest first, for the desktop. */
  async listDesktop(
    uid: string,
    filters: { appId?: string; chatSessionId?: string },
    page: { offset: number; limit: number },
  ): Promise<Message[]> {
    const request = { query: 'recent' as const, filters };
    const { offset, limit } = page;
    return (await queryByOffset(this.#store, messages, uid, request, offset, limit)).items;
  }

  async get(uid: string, id: string): Promise<Message> {
    return await getDocument(this.#store, messages, uid, id, NOT_FOUND);
  }

  /** The messages among `ids` that exist. */
  async findMany(uid: string, ids: readonly string[]): Promise<Message[]> {
    return await this.#store.findMany(messages, uid, ids);
  }

  /**
   * Stores what the user says. The same words again, right after them and not answered yet, are a
   * client's retry: that message is answered, not stored twice.
   */
  async addQuestion(
    uid: string,
    chat: ChatId,
    text: string,
    fileIds: readonly string[],
  ): Promise<Message> {
    return await this.#store.transact(async (tx) => {
      const now = this.#clock.now();
      const newest = await tx.query(messages, uid, { ...toRequest(chat), limit: 1 });
      const last = newest.items[0];
      const repeated =
        fileIds.length === 0 &&
        last?.sender === 'human' &&
        last.text === text &&
        now - last.createdAt <= REPEAT_WINDOW_MS;
      if (last && repeated) return last;
      const parts = { text, fileIds: [...fileIds], sender: 'human' as const };
      return await this.#write(tx, uid, chat, { ...parts, now, after: last });
    });
  }

  /** Stores an answer of the server. */
  async addAnswer(
    uid: string,
    chat: ChatId,
    answer: { text: string; citations: Citation[]; chart: Chart | null },
  ): Promise<Message> {
    return await this.#store.transact(async (tx) => {
      const now = this.#clock.now();
      const newest = await tx.query(messages, uid, { ...toRequest(chat), limit: 1 });
      const [after] = newest.items;
      return await this.#write(tx, uid, chat, { ...answer, sender: 'ai', now, after });
    });
  }

  /** Stores a message as a desktop client gives it. */
  async add(
    uid: string,
    chat: ChatId,
    parts: { text: string; sender: 'human' | 'ai'; metadata: string | null },
  ): Promise<Message> {
    return await this.#store.transact((tx) =>
      this.#write(tx, uid, chat, { ...parts, now: this.#clock.now(), after: undefined }),
    );
  }

  /** Removes the messages of a chat and returns how many there were. */
  async clear(uid: string, filters: { appId?: string | null; chatSessionId?: string | null }) {
    let deleted = 0;
    for (;;) {
      const page = await this.#store.query(messages, uid, {
        query: 'recent',
        filters,
        limit: DELETED_PER_COMMIT,
      });
      if (page.items.length === 0) return deleted;
      await this.#store.transact((tx) => {
        for (const { id } of page.items) tx.delete(messages, uid, id);
      });
      deleted += page.items.length;
    }
  }

  /** Reports an answer; it vanishes from lists. */
  async report(uid: string, id: string): Promise<void> {
    await this.#store.transact(async (tx) => {
      const message = await getDocument(tx, messages, uid, id, NOT_FOUND);
      if (message.sender !== 'ai') {
        throw new AppError('bad-request', 'Only AI messages can be reported');
      }
      if (message.reported) throw new AppError('bad-request', 'Message already reported');
      tx.patch(messages, uid, id, { reported: true });
    });
  }

  /** The user's thumb, null to take it back; `reason` is kept with it. */
  async rate(uid: string, id: string, rating: 1 | -1 | null, reason: string | null): Promise<void> {
    await this.#store.transact(async (tx) => {
      const message = await getDocument(tx, messages, uid, id, NOT_FOUND);
      tx.patch(messages, uid, id, { rating, reportReason: reason ?? message.reportReason });
    });
  }

  /** How many messages the user has written. */
  async countQuestions(uid: string): Promise<number> {
    let count = 0;
    const request = { query: 'recent', filters: { sender: 'human' } } as const;
    for await (const _ of queryAll(this.#store, messages, uid, request)) count += 1;
    return count;
  }

  /** The cited conversations of messages that still exist and are open, by id. */
  async citedBy(uid: string, list: readonly Message[]): Promise<Map<string, Conversation>> {
    const ids = new Set(list.flatMap(({ citations }) => citations.map((c) => c.conversationId)));
    const found = await this.#store.findMany(conversations, uid, [...ids]);
    return new Map(found.filter((c) => !c.isLocked).map((c) => [c.id, c]));
  }

  async #write(
    tx: Transaction,
    uid: string,
    chat: ChatId,
    parts: Partial<Message> &
      Pick<Message, 'text' | 'sender'> & { now: number; after: Message | undefined },
  ): Promise<Message> {
    const { now, after, ...rest } = parts;
    const session =
      chat.sessionId === null
        ? undefined
        : await getDocument(tx, chatSessions, uid, chat.sessionId, 'Chat session not found');
    // Lists are ordered by time: an answer never stands before its question.
    const createdAt = Math.max(now, (after?.createdAt ?? 0) + 1);
    const message = makeMessage({
      ...rest,
      id: newId(),
      createdAt,
      appId: chat.appId,
      chatSessionId: chat.sessionId,
    });
    tx.create(messages, uid, message);
    if (session) {
      tx.patch(chatSessions, uid, session.id, {
        preview: clipText(message.text, PREVIEW_CHARS),
        updatedAt: Math.max(now, session.updatedAt),
        messageCount: session.messageCount + 1,
      });
    }
    return message;
  }
}

function toRequest(chat: ChatId) {
  return {
    query: 'recent' as const,
    filters:
      chat.sessionId === null
        ? { appId: chat.appId, chatSessionId: null }
        : { chatSessionId: chat.sessionId },
  };
}
