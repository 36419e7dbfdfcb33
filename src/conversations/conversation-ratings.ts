import type { Clock } from '../kernel/clock.ts';
import { conversations } from '../model/conversations/conversation.ts';
import { conversationRatings } from '../model/conversations/conversation-rating.ts';
import { getDocument } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** Thumbs of users for their conversations. */
export class ConversationRatings {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: { store: DocumentStore; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** Returns 1 (up), 0 (down), or null if the user gave none. */
  async get(uid: string, conversationId: string): Promise<1 | 0 | null> {
    return (await this.#store.find(conversationRatings, uid, conversationId))?.value ?? null;
  }

  /**
   * Sets a rating: 1 up, 0 down.
   *
   * @throws AppError `not-found`
   */
  async set(uid: string, id: string, value: 1 | 0, reason: string | null): Promise<void> {
    await this.#store.transact(async (tx) => {
      await getDocument(tx, conversations, uid, id, 'Conversation not found');
      tx.put(conversationRatings, uid, { id, value, reason, ratedAt: this.#clock.now() });
    });
  }
}
