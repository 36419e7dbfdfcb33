import { clipText } from '../kernel/bounded-text.ts';
import type { Clock } from '../kernel/clock.ts';
import { idFromText } from '../kernel/ids.ts';
import type { App } from '../model/apps/app.ts';
import { type Message, makeMessage, messages } from '../model/chat/message.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { planNotification } from '../users/plan-notification.ts';

/** Characters of what an app says at once. */
const MAX_MESSAGE = 8_000;

/** What an app says to a user. */
export interface AppMessage {
  text: string;
  /** The conversation that it is about; null for none. */
  conversationId: string | null;
  /** Where it comes from: the same event adds one message, however often it is told. */
  eventId: string;
  /** True if an app whose messages belong there speaks in the main chat. */
  mayUseMainChat: boolean;
}

/** Puts what apps say into the user's chats. */
export class AppMessages {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: { store: DocumentStore; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** Returns the message that an event has added, if it has added one. */
  async find(uid: string, eventId: string): Promise<Message | undefined> {
    return await this.#store.find(messages, uid, messageId(uid, eventId));
  }

  /**
   * Stores a message in the chat of the app, or in the main chat with the app's name before it.
   *
   * @param app null: the user's own webhook, which speaks in the main chat
   */
  async add(uid: string, app: App | null, message: AppMessage): Promise<void> {
    const { text, conversationId, eventId, mayUseMainChat } = message;
    const integration = app?.externalIntegration;
    const isMain =
      app === null ||
      (mayUseMainChat &&
        integration?.chatMessagesEnabled === true &&
        integration.chatMessagesTarget === 'main');
    const appId = isMain ? null : app.id;
    const prefix = isMain ? `[${app?.name ?? 'Webhook'}]: ` : '';
    const id = messageId(uid, eventId);
    await this.#store.transact(async (tx) => {
      if (await tx.find(messages, uid, id)) return;
      const newest = await tx.query(messages, uid, {
        query: 'recent',
        filters: { appId, chatSessionId: null },
        limit: 1,
      });
      const notify = await planNotification(tx, uid);
      const after = newest.items[0]?.createdAt ?? 0;
      tx.put(
        messages,
        uid,
        makeMessage({
          id,
          text: clipText(`${prefix}${text}`, MAX_MESSAGE),
          // Lists are ordered by time.
          createdAt: Math.max(this.#clock.now(), after + 1),
          sender: 'ai',
          appId,
          fromExternalIntegration: true,
          citations: conversationId === null ? [] : [{ conversationId, segmentIds: [] }],
        }),
      );
      notify(tx, 'app_message', id, this.#clock.now());
    });
  }
}

function messageId(uid: string, eventId: string): string {
  return idFromText(`app-message:${uid}:${eventId}`);
}
