import type { JobWorker } from '../jobs/job-worker.ts';
import { describeError } from '../kernel/errors.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import type { Logger } from '../kernel/logger.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { LiveConversations } from '../transcripts/live-conversations.ts';

/** Longest time that the end of a conversation is waited for, milliseconds. */
const PROCESSING_MS = 30_000;
/** How often an end that is waited for is looked for in the store, milliseconds. */
const LOOK_MS = 1_000;

export interface ConversationEndOptions {
  store: DocumentStore;
  events: EventBus<DomainEvents>;
  logger: Logger;
  jobWorker: Pick<JobWorker, 'wake'>;
  live: LiveConversations;
  /** Gets the last words of a conversation into the store, from whichever process hears them. */
  flush(uid: string, conversationId: string): Promise<void>;
}

/** Ends live conversations when the user asks for it. */
export class ConversationEnd {
  readonly #o: ConversationEndOptions;

  constructor(options: ConversationEndOptions) {
    this.#o = options;
  }

  /**
   * Ends the user's live conversation now and waits, in bounds, for it to be processed. Returns it as
   * it then is (`processing` if that takes longer), or undefined if there is none with words.
   *
   * @param device how the device names itself that asks; null if it does not
   */
  async finaliseCurrent(
    uid: string,
    externalData: Record<string, unknown> | null,
    device: string | null = null,
  ): Promise<Conversation | undefined> {
    const current = await this.#o.live.findCurrent(uid, device);
    return current && (await this.#endNow(current, uid, externalData, 'processed'));
  }

  /**
   * Ends one live conversation now. Returns it on its way to be processed, or as it is if it has ended
   * before; undefined if there is no such conversation, or it had no words.
   */
  async finalise(
    uid: string,
    id: string,
    externalData: Record<string, unknown> | null,
  ): Promise<Conversation | undefined> {
    const conversation = await this.#o.store.find(conversations, uid, id);
    if (conversation?.status !== 'in_progress') return conversation;
    return this.#endNow(conversation, uid, externalData, 'closed');
  }

  async #endNow(
    { id }: Conversation,
    uid: string,
    externalData: Record<string, unknown> | null,
    until: 'closed' | 'processed',
  ): Promise<Conversation | undefined> {
    const { store, live, jobWorker } = this.#o;
    await this.#o.flush(uid, id);
    if (externalData) {
      await store.transact((tx) => tx.patch(conversations, uid, id, { externalData }));
    }
    const ended = this.#waitForEnd(uid, id, until);
    await live.requestEnd(uid, id);
    jobWorker.wake();
    await ended;
    return store.find(conversations, uid, id);
  }

  /** Resolves when the conversation has been processed or removed, at the latest after 30 s. */
  #waitForEnd(uid: string, conversationId: string, until: 'closed' | 'processed'): Promise<void> {
    const { events, store, logger } = this.#o;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        clearInterval(look);
        for (const off of offs) off();
        resolve();
      };
      // Another process may do the work, and its message may be lost.
      const look = setInterval(() => {
        hasEnded(store, uid, conversationId, until).then(
          (over) => over && done(),
          (error) =>
            logger.warn({ error: describeError(error) }, 'conversation status check failed'),
        );
      }, LOOK_MS);
      const timer = setTimeout(done, PROCESSING_MS);
      const isOurs = (event: { uid: string; conversationId: string }) =>
        event.uid === uid && event.conversationId === conversationId;
      const offs = [
        events.on('conversation-processed', (event) => {
          if (isOurs(event)) done();
        }),
        events.on('conversation-closed', (event) => {
          if (isOurs(event) && (until === 'closed' || !event.hasContent)) done();
        }),
      ];
    });
  }
}

async function hasEnded(
  store: DocumentStore,
  uid: string,
  id: string,
  until: 'closed' | 'processed',
): Promise<boolean> {
  const conversation = await store.find(conversations, uid, id);
  if (conversation?.status === 'in_progress') return false;
  return until === 'closed' || conversation?.status !== 'processing';
}
