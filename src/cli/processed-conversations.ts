import type { Context } from '../context.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';

/** How often the store is asked: a server on the same data may do the work instead of this process. */
const LOOK_MS = 500;

/** Waits for conversations to be processed, by this process or another. */
export class ProcessedConversations {
  readonly #context: Context;
  readonly #uid: string;
  readonly #off: () => void;
  #wake: () => void = () => undefined;

  constructor(context: Context, uid: string) {
    this.#context = context;
    this.#uid = uid;
    this.#off = context.events.on('conversation-processed', () => this.#wake());
  }

  /** The conversation once it is no longer being processed; undefined if it was deleted. */
  async wait(conversationId: string): Promise<Conversation | undefined> {
    for (;;) {
      // Listens before it looks, so that nothing can happen in between.
      const change = this.#nextChange();
      const conversation = await this.#context.store.find(conversations, this.#uid, conversationId);
      if (conversation?.status !== 'processing') {
        this.#wake();
        return conversation;
      }
      await change;
    }
  }

  close(): void {
    this.#off();
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
