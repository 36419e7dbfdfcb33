import { randomBytes } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { idFromText, sha256Hex } from '../kernel/ids.ts';
import { users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import { type ActionItem, actionItems, makeActionItem } from '../model/tasks/action-item.ts';
import { type TaskShare, taskShares } from '../model/tasks/task-share.ts';
import { searchChanged } from '../search/search-changed.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader, DocumentStore } from '../store/document-store.ts';
import { getUnlockedItem } from './action-item-edit.ts';

const SHARE_LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;
/** What a recipient reads if the sender has not given a name. */
const NAMELESS_SENDER = 'Someone';

/** Handing tasks to another user by a link that holds for 30 days. */
export class ActionItemSharing {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: { store: DocumentStore; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** Makes a link to tasks and answers its token, 32 hex digits. */
  async share(uid: string, taskIds: readonly string[]): Promise<string> {
    const token = randomBytes(16).toString('hex');
    await this.#store.transact(async (tx) => {
      for (const id of taskIds) await getUnlockedItem(tx, uid, id);
      const now = this.#clock.now();
      const ids = [...new Set(taskIds)];
      const times = { createdAt: now, expiresAt: now + SHARE_LIFETIME_MS };
      const share = { id: sha256Hex(token), uid, taskIds: ids, acceptedBy: [], ...times };
      tx.create(taskShares, GLOBAL, share);
    });
    return token;
  }

  /** What a link holds, for anybody who has it; tasks deleted since, or locked, are not shown. */
  async getShared(token: string): Promise<{ senderName: string; tasks: ActionItem[] }> {
    const share = await this.#getShare(this.#store, token);
    const sender = await this.#store.find(users, GLOBAL, share.uid);
    const items = await this.#store.findMany(actionItems, share.uid, share.taskIds);
    return {
      senderName: sender?.name || NAMELESS_SENDER,
      tasks: items.filter((item) => !item.isLocked),
    };
  }

  /** Copies the tasks of a link to the user, once, and answers the ids of the copies. */
  async accept(uid: string, token: string): Promise<string[]> {
    return await this.#store.transact(async (tx) => {
      const share = await this.#getShare(tx, token);
      if (share.uid === uid) {
        throw new AppError('bad-request', 'You cannot accept your own shared tasks');
      }
      if (share.acceptedBy.includes(uid)) {
        throw new AppError('already-exists', 'You have already accepted these tasks');
      }
      const items = await tx.findMany(actionItems, share.uid, share.taskIds);
      const open = items.filter((item) => !item.isLocked);
      if (items.length > 0 && open.length === 0) {
        throw new AppError(
          'payment-required',
          'A paid plan is required to access these action items.',
        );
      }
      const now = this.#clock.now();
      const created: string[] = [];
      for (const { id: sharedId, description, dueAt } of open) {
        const id = idFromText(`shared-task:${share.id}:${sharedId}:${uid}`);
        const copy = { id, description, dueAt, createdAt: now, edited: true };
        tx.put(actionItems, uid, makeActionItem(copy));
        searchChanged(tx, uid, 'action_item', id, now);
        created.push(id);
      }
      tx.patch(taskShares, GLOBAL, share.id, { acceptedBy: [...share.acceptedBy, uid] });
      return created;
    });
  }

  /** Removes the links that a user has made; part of deleting an account. */
  async eraseShares(uid: string): Promise<void> {
    const request = { query: 'ofUser', filters: { uid } } as const;
    for await (const { id } of queryAll(this.#store, taskShares, GLOBAL, request)) {
      await this.#store.transact((tx) => tx.delete(taskShares, GLOBAL, id));
    }
  }

  async #getShare(reader: DocumentReader, token: string): Promise<TaskShare> {
    const share = await reader.find(taskShares, GLOBAL, sha256Hex(token));
    if (!share || share.expiresAt <= this.#clock.now()) {
      throw new AppError('not-found', 'Share link expired or not found');
    }
    return share;
  }
}
