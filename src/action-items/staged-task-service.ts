import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { type ActionItem, actionItems, makeActionItem } from '../model/tasks/action-item.ts';
import { type StagedTask, stagedTasks } from '../model/tasks/staged-task.ts';
import { searchChanged } from '../search/search-changed.ts';
import { queryAll, queryByOffset } from '../store/collection.ts';
import type { DocumentStore, Transaction } from '../store/document-store.ts';
import { writeItemChanges } from './action-item-edit.ts';
import { makeStagedTask, type NewStagedTask, stagedTaskKey } from './staged-task.ts';

/** Items moved in one commit: each is deleted, created and announced. */
const MOVED_PER_COMMIT = 100;
/** Tasks found on the screen that stay when an older list is turned into proposals. */
const KEPT = 3;

export interface StagedTaskOptions {
  store: DocumentStore;
  clock: Clock;
}

/** Tasks that a desktop app proposes, or that are only likely in a conversation. Every id is looked up under its user. */
export class StagedTaskService {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: StagedTaskOptions) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** Adds a proposal. One with the same words is returned as it is, also if it was promoted. */
  async create(uid: string, input: NewStagedTask): Promise<StagedTask> {
    const key = stagedTaskKey(input.description);
    return await this.#store.transact(async (tx) => {
      const request = { query: 'byKey', filters: { key }, limit: 1 } as const;
      const [known] = (await tx.query(stagedTasks, uid, request)).items;
      if (known) return known;
      const task = makeStagedTask(newId(), input, this.#clock.now());
      tx.create(stagedTasks, uid, task);
      return task;
    });
  }

  /** Open proposals, the best first. */
  async list(
    uid: string,
    { offset, limit }: { offset: number; limit: number },
  ): Promise<{ items: StagedTask[]; hasMore: boolean }> {
    const request = { query: 'byRank', filters: { completed: false } } as const;
    return await queryByOffset(this.#store, stagedTasks, uid, request, offset, limit);
  }

  /**
   * Closes a proposal, so that it is not made again, or opens it again.
   *
   * @throws AppError `not-found` if there is none, or it has become an action item
   */
  async setClosed(uid: string, id: string, completed: boolean): Promise<StagedTask> {
    return await this.#store.transact(async (tx) => {
      const task = await findProposal(tx, uid, id);
      const fields = { completed, updatedAt: this.#clock.now() };
      tx.patch(stagedTasks, uid, id, fields);
      return { ...task, ...fields };
    });
  }

  /** Deletes a proposal; an absent one is no error. */
  async delete(uid: string, id: string): Promise<void> {
    await this.#store.transact((tx) => tx.delete(stagedTasks, uid, id));
  }

  /** Sets the scores of open proposals; others are skipped. */
  async setScores(uid: string, scores: ReadonlyMap<string, number>): Promise<void> {
    await this.#store.transact(async (tx) => {
      const now = this.#clock.now();
      for (const task of await tx.findMany(stagedTasks, uid, [...scores.keys()])) {
        const score = scores.get(task.id);
        if (task.completed || score === undefined) continue;
        const fields = { relevanceScore: score, rank: score, updatedAt: now };
        tx.patch(stagedTasks, uid, task.id, fields);
      }
    });
  }

  /** Makes an action item of the best open proposal; null if there is none. */
  async promote(uid: string): Promise<ActionItem | null> {
    return await this.#store.transact(async (tx) => {
      const request = { query: 'byRank', filters: { completed: false }, limit: 1 } as const;
      const [best] = (await tx.query(stagedTasks, uid, request)).items;
      return best ? writePromotion(tx, uid, best, this.#clock.now()) : null;
    });
  }

  /**
   * Makes an action item of one proposal.
   *
   * @throws AppError `not-found` if there is none, or it has become an action item before
   */
  async promoteOne(uid: string, id: string): Promise<ActionItem> {
    return await this.#store.transact(async (tx) =>
      writePromotion(tx, uid, await findProposal(tx, uid, id), this.#clock.now()),
    );
  }

  /** Turns tasks found on the screen into proposals, but for the best three. Returns how many moved and stayed. */
  async moveScreenTasks(uid: string): Promise<{ moved: number; kept: number }> {
    const found = (await this.#open(uid)).filter((item) => item.source?.includes('screenshot'));
    const score = ({ relevanceScore }: ActionItem) => relevanceScore ?? 999;
    const moving = found.sort((a, b) => score(a) - score(b)).slice(KEPT);
    await this.#move(uid, moving);
    return { moved: moving.length, kept: found.length - moving.length };
  }

  /** Turns open tasks found in conversations into proposals. Returns how many. */
  async moveConversationTasks(uid: string): Promise<number> {
    const found = (await this.#open(uid)).filter(
      ({ conversationId, source }) => conversationId !== null && source === null,
    );
    await this.#move(
      uid,
      found.map((item) => ({ ...item, source: 'conversation_migration' })),
    );
    return found.length;
  }

  async #open(uid: string): Promise<ActionItem[]> {
    const found: ActionItem[] = [];
    const request = { query: 'recent', filters: { completed: false } } as const;
    for await (const item of queryAll(this.#store, actionItems, uid, request)) {
      if (!item.isLocked) found.push(item);
    }
    return found;
  }

  async #move(uid: string, items: readonly ActionItem[]): Promise<void> {
    for (let i = 0; i < items.length; i += MOVED_PER_COMMIT) {
      const part = items.slice(i, i + MOVED_PER_COMMIT);
      await this.#store.transact(async (tx) => {
        const now = this.#clock.now();
        const current = await tx.findMany(
          actionItems,
          uid,
          part.map(({ id }) => id),
        );
        const changes = current.map((before) => ({ before, after: null }));
        await writeItemChanges(tx, uid, changes, now);
        const there = new Set(current.map(({ id }) => id));
        for (const item of part) {
          if (there.has(item.id)) tx.put(stagedTasks, uid, makeStagedTask(item.id, item, now));
        }
      });
    }
  }
}

/** @throws AppError `not-found` if there is none, or it has become an action item */
async function findProposal(tx: Transaction, uid: string, id: string): Promise<StagedTask> {
  const task = await tx.find(stagedTasks, uid, id);
  if (!task || task.promotedAt !== null) {
    throw new AppError('not-found', 'There is no such proposal any more.');
  }
  return task;
}

function writePromotion(tx: Transaction, uid: string, task: StagedTask, now: number): ActionItem {
  const { description, dueAt, source, priority, category, metadata, relevanceScore } = task;
  const { owner, conversationId, segmentIds } = task;
  const fields = { dueAt, source, priority, category, metadata, relevanceScore };
  const item = makeActionItem({
    id: newId(),
    description,
    createdAt: now,
    ...fields,
    owner,
    conversationId,
    segmentIds,
    fromStaged: true,
    edited: true,
  });
  tx.create(actionItems, uid, item);
  tx.patch(stagedTasks, uid, task.id, { completed: true, promotedAt: now, updatedAt: now });
  searchChanged(tx, uid, 'action_item', item.id, now);
  return item;
}
