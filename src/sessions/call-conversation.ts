import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import { conversations, makeConversation } from '../model/conversations/conversation.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { enqueueFinalise } from '../transcripts/finalise-job.ts';
import type { AttachOptions } from '../transcripts/live-conversations.ts';

export interface CallConversationOptions {
  uid: string;
  /** What the client calls the call, null if it does not say. */
  callId: string | null;
  store: DocumentStore;
  clock: Clock;
}

/**
 * The conversation of one call. It belongs to one connection, whichever of its channels asks first, and
 * ends with it. If it has ended while the connection is still open, another one follows.
 */
export class CallConversation {
  readonly #o: CallConversationOptions;
  #current: Promise<string> | undefined;
  /** Ids of those that have ended. */
  readonly #past = new Set<string>();

  constructor(options: CallConversationOptions) {
    this.#o = options;
  }

  /** Returns its id; the id of a new one if `after`, which was the current one, has ended. */
  open(options: AttachOptions, after: string | null): Promise<string> {
    const isKnown = after !== null && this.#past.has(after);
    if (after !== null && !isKnown) {
      this.#past.add(after);
      this.#current = undefined;
    }
    this.#current ??= this.#begin(options);
    return this.#current;
  }

  async end(): Promise<void> {
    const id = await this.#current?.catch(() => undefined);
    if (id !== undefined) await endCallConversation(this.#o, this.#o.uid, id);
  }

  #begin(options: AttachOptions): Promise<string> {
    const { uid, store, clock, callId } = this.#o;
    return store.transact((tx) => {
      const now = clock.now();
      const id = newId();
      const belongs = { exclusive: true, callId };
      tx.create(
        conversations,
        uid,
        makeConversation({ id, createdAt: now, ...belongs, ...options }),
      );
      enqueueFinalise(tx, uid, id, now + options.timeoutMs, now);
      return id;
    });
  }
}

/** Ends the conversation of a call whose connection has closed; does nothing if it is ending already. */
export async function endCallConversation(
  { store, clock }: Pick<CallConversationOptions, 'store' | 'clock'>,
  uid: string,
  conversationId: string,
): Promise<void> {
  await store.transact(async (tx) => {
    const now = clock.now();
    const conversation = await tx.find(conversations, uid, conversationId);
    if (conversation?.status !== 'in_progress' || conversation.endRequestedAt !== null) return;
    tx.patch(conversations, uid, conversationId, { endRequestedAt: now });
    enqueueFinalise(tx, uid, conversationId, now, now);
  });
}
