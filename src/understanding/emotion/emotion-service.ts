import { editTime, getOpenConversation } from '../../conversations/conversation-access.ts';
import { loadTranscript, noteConversationChange } from '../../conversations/transcript.ts';
import type { Clock } from '../../kernel/clock.ts';
import { GLOBAL } from '../../model/collection.ts';
import { conversations } from '../../model/conversation.ts';
import type { ConversationEmotion } from '../../model/emotion.ts';
import { speakerIdOf } from '../../model/transcript-segment.ts';
import { users } from '../../model/user.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import type { ReadEmotion } from './emotion-reader.ts';

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
    const segments = await loadTranscript(store, uid, conversation);
    const read = await readEmotion(
      {
        medium: 'speech',
        segments: segments.flatMap((segment) =>
          segment.isUser
            ? {
                id: segment.id,
                text: segment.text,
                speaker: `SPEAKER_${speakerIdOf(segment.speaker)}`,
                name: user?.name ?? null,
                isUser: true,
                startMs: segment.startMs,
                endMs: segment.endMs,
              }
            : [],
        ),
        photos: [],
        startedAt: conversation.startedAt ?? conversation.createdAt,
        timeZone: user?.timeZone ?? defaultTimeZone,
        language:
          user?.language ??
          (conversation.language === 'multi' ? null : conversation.language) ??
          'en',
        userName: user?.name ?? null,
        forced: true,
      },
      // The model bounds its own time.
      new AbortController().signal,
    );
    const now = clock.now();
    const emotion = read && { ...read, at: now };
    await store.transact(async (tx) => {
      const current = await getOpenConversation(tx, uid, conversationId);
      tx.patch(conversations, uid, conversationId, {
        emotion,
        updatedAt: editTime(current, now),
      });
      noteConversationChange(tx, uid, conversationId, now);
    });
    return emotion;
  }
}
