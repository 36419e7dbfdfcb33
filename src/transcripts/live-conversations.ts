import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import {
  type Conversation,
  type ConversationSource,
  conversations,
  makeConversation,
} from '../model/conversations/conversation.ts';
import { listenSessions } from '../model/conversations/listen-session.ts';
import { deletionId, deletions } from '../model/deletion.ts';
import type { DocumentReader, DocumentStore, Transaction } from '../store/document-store.ts';
import { endsUnheard } from './conversation-pause.ts';
import { hasPhoto } from './conversation-photos.ts';
import { enqueueFinalise } from './finalise-job.ts';

/** How the conversation of a connection begins. */
export interface AttachOptions {
  /** Silence that ends it, milliseconds. */
  timeoutMs: number;
  source: ConversationSource;
  language: string;
  privateCloudSyncEnabled: boolean;
}

/** Which conversation a device wants, and which it must leave to others. */
export interface AttachWish {
  /** The device; null if it is not known. */
  clientKey: string | null;
  /** Id of the conversation to go on in or to begin; null if any of the device is right. */
  conversationId: string | null;
  /** Conversations that other devices speak into now. */
  heldByOthers: ReadonlySet<string>;
}

/**
 * The conversation that a user's connections share: the one that is open now. Its document exists from
 * the connection on, and a durable job ends it, so that its end does not depend on the client.
 */
export class LiveConversations {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: { store: DocumentStore; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /**
   * Resumes the device's live conversation if its last words are recent, else begins a new one. Two
   * devices never share one.
   */
  attach(
    uid: string,
    options: AttachOptions,
    wish: AttachWish = { clientKey: null, conversationId: null, heldByOthers: new Set() },
  ): Promise<{ conversation: Conversation; resumed: boolean }> {
    return this.#store.transact(async (tx) => {
      const now = this.#clock.now();
      const { conversationId, clientKey } = wish;
      const items = await findInProgress(tx, uid);
      // Of an earlier version, which did not note the device; never that which a client has named.
      const isOfNobody = (c: Conversation) => c.clientKey === null && conversationId === null;
      const open = items.filter(
        (c) =>
          isShared(c) &&
          (c.clientKey === clientKey || isOfNobody(c)) &&
          !wish.heldByOthers.has(c.id),
      );
      const wanted =
        conversationId === null ? undefined : await tx.find(conversations, uid, conversationId);
      // A conversation that was deleted may still be brought back: its id is not used again.
      const isFree =
        conversationId !== null &&
        !wanted &&
        !(await tx.find(deletions, uid, deletionId('conversation', conversationId)));
      const recent =
        (wanted && isOpen(wanted) ? wanted : undefined) ??
        open.find((c) => now - c.activeAt < options.timeoutMs) ??
        (await findUnheard(tx, uid, open, options.timeoutMs, now));
      for (const other of open) {
        if (other.id === recent?.id) continue;
        endAt(tx, uid, other.id, now);
      }
      const conversation = recent
        ? { ...recent, timeoutMs: options.timeoutMs, clientKey }
        : makeConversation({
            ...options,
            clientKey,
            id: isFree ? conversationId : newId(),
            createdAt: now,
          });
      tx.put(conversations, uid, conversation);
      const dueAt = conversation.activeAt + conversation.timeoutMs;
      enqueueFinalise(tx, uid, conversation.id, dueAt, now);
      return { conversation, resumed: recent !== undefined };
    });
  }

  /** True if the stored conversation still takes words. */
  async isOpen(uid: string, conversationId: string): Promise<boolean> {
    const conversation = await this.#store.find(conversations, uid, conversationId);
    return conversation?.status === 'in_progress';
  }

  /**
   * The conversation that a user speaks into now; undefined if there is none. With several devices: that of
   * the device which asks, else the one with the latest words.
   *
   * @param device how the device names itself; null if it does not
   */
  async findCurrent(uid: string, device: string | null = null): Promise<Conversation | undefined> {
    const open = (await findInProgress(this.#store, uid)).filter(isShared);
    const own = open.find(({ clientKey }) => device !== null && clientKey?.endsWith(`:${device}`));
    const spoken = open.filter(({ nextSeq }) => nextSeq > 0);
    return own ?? spoken.sort((a, b) => b.activeAt - a.activeAt)[0] ?? open[0];
  }

  /** Ends a conversation now, with whatever it contains. */
  async requestEnd(uid: string, conversationId: string): Promise<void> {
    await this.#store.transact((tx) => {
      const now = this.#clock.now();
      endAt(tx, uid, conversationId, now, { forced: true });
    });
  }

  /**
   * Ends the conversation of a connection that has gone, if nothing has come into it and no other connection
   * may still speak into it. One that is empty is removed, so nobody is shown an empty live conversation.
   */
  async endIfUnused(uid: string, conversationId: string): Promise<void> {
    if (await hasPhoto(this.#store, uid, conversationId)) return;
    await this.#store.transact(async (tx) => {
      const now = this.#clock.now();
      const conversation = await tx.find(conversations, uid, conversationId);
      if (!conversation || !isOpen(conversation)) return;
      if (conversation.nextSeq > 0 || conversation.gaps.length > 0) return;
      const filters = { conversationId };
      const { items } = await tx.query(listenSessions, uid, {
        query: 'ofConversation',
        filters,
        limit: 50,
      });
      if (items.some(({ state }) => state !== 'recording')) return;
      endAt(tx, uid, conversationId, now);
    });
  }
}

/** Asks for the end of a conversation and has the job that ends it run now. */
function endAt(
  tx: Transaction,
  uid: string,
  id: string,
  now: number,
  fields: Partial<Pick<Conversation, 'forced'>> = {},
): void {
  tx.patch(conversations, uid, id, { endRequestedAt: now, ...fields });
  enqueueFinalise(tx, uid, id, now, now);
}

async function findInProgress(reader: DocumentReader, uid: string): Promise<Conversation[]> {
  const { items } = await reader.query(conversations, uid, {
    query: 'recent',
    filters: { status: ['in_progress'] },
    limit: 20,
  });
  return items;
}

/** True for a conversation that the user's next connection may resume. */
function isShared({ exclusive, endRequestedAt }: Conversation): boolean {
  return !exclusive && endRequestedAt === null;
}

function isOpen(conversation: Conversation): boolean {
  return conversation.status === 'in_progress' && isShared(conversation);
}

/** A conversation whose last audio is not transcribed yet, for example while every provider is down. */
async function findUnheard(
  tx: Transaction,
  uid: string,
  open: readonly Conversation[],
  timeoutMs: number,
  now: number,
): Promise<Conversation | undefined> {
  for (const conversation of open) {
    const filters = { conversationId: conversation.id };
    const request = { query: 'ofConversation', filters, limit: 50 } as const;
    const { items } = await tx.query(listenSessions, uid, request);
    if (items.some((session) => endsUnheard(session, timeoutMs, now))) return conversation;
  }
  return undefined;
}
