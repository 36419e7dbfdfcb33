import type { AppMessages } from '../apps/app-messages.ts';
import { wait } from '../kernel/backoff.ts';
import type { Message } from '../model/chat/message.ts';
import type { Conversation } from '../model/conversations/conversation.ts';
import { type WebhookDelivery, webhookDeliveries } from '../model/webhooks/webhook-delivery.ts';
import type { DocumentReader } from '../store/document-store.ts';
import type { WebhookEndpoints } from './webhook-endpoints.ts';

/** Longest wait for the apps; what comes later is in their chats, milliseconds. */
const WAIT_MS = 10_000;
const POLL_MS = 100;
/** Newest deliveries of an endpoint among which that of the conversation is looked for. */
const NEWEST = 20;

export interface AppRepliesOptions {
  reader: DocumentReader;
  endpoints: Pick<WebhookEndpoints, 'listActive'>;
  messages: Pick<AppMessages, 'find'>;
  /** Default 10,000. */
  waitMs?: number;
}

/** Collects what apps say to a conversation that has just been processed. */
export class AppReplies {
  readonly #o: AppRepliesOptions;

  constructor(options: AppRepliesOptions) {
    this.#o = options;
  }

  /**
   * Returns the messages of the user's apps about a conversation, in the order of the apps. Waits, in
   * bounds, until each app was asked once. An app that fails is asked again later, without this wait.
   */
  async collect(uid: string, conversation: Conversation, signal: AbortSignal): Promise<Message[]> {
    if (conversation.status !== 'completed' || conversation.discarded) return [];
    const active = await this.#o.endpoints.listActive(uid, ['memory_creation']);
    const ids = active.flatMap((endpoint) => (endpoint.app === null ? [] : [endpoint.id]));
    if (ids.length === 0) return [];
    const stop = AbortSignal.any([signal, AbortSignal.timeout(this.#o.waitMs ?? WAIT_MS)]);
    let asked = await this.#asked(uid, ids, conversation.id);
    while (asked.length < ids.length && !stop.aborted) {
      await wait(POLL_MS, stop).catch(ifAborted(stop));
      asked = await this.#asked(uid, ids, conversation.id);
    }
    const found = await Promise.all(asked.map(({ id }) => this.#o.messages.find(uid, id)));
    return found.flatMap((message) => message ?? []);
  }

  /** Returns the deliveries for which a request was made, or none will be. */
  async #asked(
    uid: string,
    endpointIds: readonly string[],
    conversationId: string,
  ): Promise<WebhookDelivery[]> {
    const found = await Promise.all(
      endpointIds.map(async (endpointId) => {
        const request = { query: 'recent', filters: { endpointId }, limit: NEWEST } as const;
        const { items } = await this.#o.reader.query(webhookDeliveries, uid, request);
        return items.find(({ subject }) => subject === conversationId);
      }),
    );
    return found.flatMap((delivery) =>
      delivery && (delivery.state !== 'waiting' || delivery.tries > 0) ? [delivery] : [],
    );
  }
}

/** The wait ends early if the time is up or the client has gone. */
function ifAborted(signal: AbortSignal) {
  return (error: unknown): void => {
    if (!signal.aborted) throw error;
  };
}
