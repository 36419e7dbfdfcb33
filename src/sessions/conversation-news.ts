import { describeError } from '../kernel/errors.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import type { Logger } from '../kernel/logger.ts';
import { conversations } from '../model/conversations/conversation.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import type { ListenEvent } from './listen-event.ts';

export interface ConversationNewsOptions {
  uid: string;
  store: DocumentStore;
  events: EventBus<DomainEvents>;
  logger: Logger;
  emit(event: ListenEvent): void;
}

/** Tells a client of the user's conversations that are being processed, and of those that are done. */
export class ConversationNews {
  readonly #o: ConversationNewsOptions;
  readonly #subscriptions: (() => void)[];

  constructor(options: ConversationNewsOptions) {
    this.#o = options;
    const { uid, events } = options;
    this.#subscriptions = [
      events.on('conversation-closed', (event) => {
        if (event.uid === uid && event.hasContent) {
          this.#tell('conversation-processing', event.conversationId);
        }
      }),
      events.on('conversation-processed', (event) => {
        if (event.uid === uid && event.status === 'completed') {
          this.#tell('conversation-processed', event.conversationId);
        }
      }),
    ];
  }

  stop(): void {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
  }

  #tell(type: 'conversation-processing' | 'conversation-processed', id: string): void {
    this.#load(type, id).catch((error) =>
      this.#o.logger.error({ error: describeError(error) }, 'conversation event not sent'),
    );
  }

  async #load(
    type: 'conversation-processing' | 'conversation-processed',
    id: string,
  ): Promise<void> {
    const { store, uid, emit } = this.#o;
    const conversation = await store.find(conversations, uid, id);
    if (!conversation) return;
    emit({ type, conversation, segments: await loadTranscript(store, uid, conversation) });
  }
}
