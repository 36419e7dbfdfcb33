import { randomBytes } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { sha256Hex } from '../kernel/ids.ts';
import { users } from '../model/accounts/user.ts';
import { chatShares } from '../model/chat/chat-session.ts';
import { type Message, messages } from '../model/chat/message.ts';
import { GLOBAL } from '../model/collection.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

const SHARE_LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;
const NAMELESS_SENDER = 'Someone';

/** Shares messages by a link for 30 days. */
export class ChatSharing {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: { store: DocumentStore; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** Makes a link and answers its token, 32 hex digits; only its hash is stored. */
  async share(uid: string, messageIds: readonly string[]): Promise<string> {
    const ids = [...new Set(messageIds)];
    const token = randomBytes(16).toString('hex');
    await this.#store.transact(async (tx) => {
      const found = await tx.findMany(messages, uid, ids);
      if (found.length < ids.length) throw new AppError('not-found', 'Message not found');
      const now = this.#clock.now();
      tx.create(chatShares, GLOBAL, {
        id: sha256Hex(token),
        uid,
        messageIds: ids,
        createdAt: now,
        expiresAt: now + SHARE_LIFETIME_MS,
      });
    });
    return token;
  }

  /** What a link shows; messages deleted or reported since are left out. */
  async getShared(token: string): Promise<{ senderName: string; messages: Message[] }> {
    const share = await this.#store.find(chatShares, GLOBAL, sha256Hex(token));
    if (!share || share.expiresAt <= this.#clock.now()) {
      throw new AppError('not-found', 'Shared chat not found or expired');
    }
    const sender = await this.#store.find(users, GLOBAL, share.uid);
    const found = await this.#store.findMany(messages, share.uid, share.messageIds);
    return {
      senderName: sender?.name || NAMELESS_SENDER,
      messages: found
        .filter((message) => !message.reported)
        .sort((a, b) => a.createdAt - b.createdAt),
    };
  }

  /** Removes the links that a user has made; part of deleting an account. */
  async eraseShares(uid: string): Promise<void> {
    const request = { query: 'ofUser', filters: { uid } } as const;
    for await (const { id } of queryAll(this.#store, chatShares, GLOBAL, request)) {
      await this.#store.transact((tx) => tx.delete(chatShares, GLOBAL, id));
    }
  }
}
