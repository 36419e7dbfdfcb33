import { editTime, getOpenConversation } from '../../conversations/conversation-access.ts';
import type { Clock } from '../../kernel/clock.ts';
import { GLOBAL } from '../../model/collection.ts';
import { conversations } from '../../model/conversation.ts';
import type { ConversationEmotion } from '../../model/emotion.ts';
import { users } from '../../model/user.ts';
import { searchChanged } from '../../search/search-changed.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import { loadUnderstandingInput } from '../load-input.ts';
import type { ReadEmotion } from './emotion-model.ts';

export interface EmotionServiceOptions {
  store: DocumentStore;
  clock: Clock;
  readEmotion: ReadEmotion;
  /** IANA zone of users who have not told theirs. */
  defaultTimeZone: string;
}

/** Tells users what they felt in a conversation, when they ask. */
export class EmotionService {
  readonly #o: EmotionServiceOptions;

  constructor(options: EmotionServiceOptions) {
    this.#o = options;
  }

  /**
   * Reads the user's emotion in a conversation anew and keeps it there; null where nothing is clear.
   * Throws `not-found`, `payment-required` where it is locked, and what reading throws.
   */
  async ofConversation(uid: string, conversationId: string): Promise<ConversationEmotion | null> {
    const { store, clock, readEmotion, defaultTimeZone } = this.#o;
    const conversation = await getOpenConversation(store, uid, conversationId);
    const user = await store.find(users, GLOBAL, uid);
    const input = await loadUnderstandingInput(store, uid, conversation, user, {
      now: clock.now(),
      defaultTimeZone,
      language: null,
    });
    // The model bounds its own time.
    const read = await readEmotion(input, new AbortController().signal);
    const now = clock.now();
    const emotion = read && { ...read, at: now };
    await store.transact(async (tx) => {
      const current = await getOpenConversation(tx, uid, conversationId);
      tx.patch(conversations, uid, conversationId, {
        emotion,
        updatedAt: editTime(current, now),
      });
      searchChanged(tx, uid, 'conversation', conversationId, now);
    });
    return emotion;
  }
}
