import { documentsOf } from '../deletions/deleted-documents.ts';
import type { KeptDeletions } from '../deletions/deletions.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import { type ActionItem, actionItems, makeActionItem } from '../model/tasks/action-item.ts';
import { searchChanged } from '../search/search-changed.ts';
import { type ListPage, pageOf, queryAll, queryByOffset, queryKept } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import {
  type ActionItemEdit,
  applyEdit,
  getUnlockedItem,
  writeItemChanges,
} from './action-item-edit.ts';

/**
 * Clients repeat a request once after 200 ms if the response was a 5xx or was lost. An item that equals
 * one that was created this recently is the same item.
 */
const REPEAT_WINDOW_MS = 10_000;
/** No store holds an earlier time; what has none is not in a list from here on. */
const FIRST_TIME = Date.parse('0001-01-01T00:00:00Z');

/** Which items a list contains; null does not restrict. Times are epoch milliseconds, inclusive. */
export interface ActionItemFilter {
  completed: boolean | null;
  conversationId: string | null;
  createdFrom: number | null;
  createdTo: number | null;
  /** If one of these is given, the bounds on the creation are ignored. */
  dueFrom: number | null;
  dueTo: number | null;
}

/** Restricts nothing. */
export const ANY_ACTION_ITEM: ActionItemFilter & { updatedSince: number | null } = {
  completed: null,
  conversationId: null,
  createdFrom: null,
  createdTo: null,
  dueFrom: null,
  dueTo: null,
  updatedSince: null,
};

export interface NewActionItem
  extends Pick<ActionItem, 'description' | 'completed' | 'dueAt' | 'conversationId'>,
    Partial<Pick<ActionItem, ClientField>> {}

/** What a client says of an item beyond what it is. */
type ClientField = 'source' | 'priority' | 'category' | 'metadata' | 'relevanceScore';

export interface ActionItemServiceOptions {
  store: DocumentStore;
  clock: Clock;
  /** Keeps what is deleted for a while; absent: it is gone at once. */
  deletions?: KeptDeletions;
}

/** The user's tasks. Every id is looked up under its user. */
export class ActionItemService {
  readonly #store: DocumentStore;
  readonly #clock: Clock;
  readonly #deletions: KeptDeletions | undefined;

  constructor(options: ActionItemServiceOptions) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#deletions = options.deletions;
  }

  /**
   * Returns one page, counted from the newest item (or from the latest due date if the filter is on it).
   * The page is sorted: items with a due date first, by date, then the others, newest first.
   */
  async list(
    uid: string,
    filter: ActionItemFilter,
    page: { offset: number; limit: number },
  ): Promise<{ items: ActionItem[]; hasMore: boolean }> {
    const byDue = filter.dueFrom !== null || filter.dueTo !== null;
    const from = byDue ? filter.dueFrom : filter.createdFrom;
    const to = byDue ? filter.dueTo : filter.createdTo;
    const request = {
      query: byDue ? ('byDueDate' as const) : ('recent' as const),
      filters: {
        ...(filter.completed === null ? {} : { completed: filter.completed }),
        ...(filter.conversationId === null ? {} : { conversationId: filter.conversationId }),
      },
      ...(from === null ? {} : { from }),
      ...(to === null ? {} : { to }),
    };
    const { offset, limit } = page;
    const found = await queryByOffset(this.#store, actionItems, uid, request, offset, limit);
    return { items: found.items.sort(byUrgency), hasMore: found.hasMore };
  }

  /**
   * Returns one page in one order over all pages: what is due first, overdue before it, then what has
   * no date, newest first.
   */
  async listByDue(
    uid: string,
    completed: boolean | null,
    page: { offset: number; limit: number },
  ): Promise<{ items: ActionItem[]; hasMore: boolean }> {
    return await pageOf(this.#byDue(uid, completed), page);
  }

  async *#byDue(uid: string, completed: boolean | null): AsyncGenerator<ActionItem> {
    const filters = completed === null ? {} : { completed };
    const dated = { query: 'dueFirst' as const, filters, from: FIRST_TIME };
    yield* queryAll(this.#store, actionItems, uid, dated);
    const all = { query: 'recent' as const, filters };
    for await (const item of queryAll(this.#store, actionItems, uid, all)) {
      if (item.dueAt === null) yield item;
    }
  }

  /**
   * Returns one page without locked items, newest first, or by their last change if `updatedSince` is
   * given, oldest first.
   */
  async page(
    uid: string,
    filter: ActionItemFilter & { updatedSince: number | null },
    page: ListPage,
  ): Promise<{ items: ActionItem[]; nextCursor: string | null }> {
    const { completed, conversationId, updatedSince } = filter;
    const isKept = (item: ActionItem) =>
      !item.isLocked &&
      (completed === null || item.completed === completed) &&
      (conversationId === null || item.conversationId === conversationId) &&
      isWithin(item.createdAt, filter.createdFrom, filter.createdTo) &&
      isWithin(item.dueAt, filter.dueFrom, filter.dueTo);
    const request =
      updatedSince === null
        ? {
            query: 'recent' as const,
            filters: {
              ...(completed === null ? {} : { completed }),
              ...(conversationId === null ? {} : { conversationId }),
            },
            ...(filter.createdFrom === null ? {} : { from: filter.createdFrom }),
            ...(filter.createdTo === null ? {} : { to: filter.createdTo }),
          }
        : { query: 'changed' as const, from: updatedSince };
    return await queryKept(this.#store, actionItems, uid, request, page, isKept);
  }

  async get(uid: string, id: string): Promise<ActionItem> {
    return await getUnlockedItem(this.#store, uid, id);
  }

  async create(uid: string, input: NewActionItem): Promise<ActionItem> {
    const items = await this.createMany(uid, [input]);
    const [item] = items;
    if (!item) throw new TypeError('The item was not created.');
    return item;
  }

  /** Adds items in one commit and returns them in order; a repeated request adds nothing. */
  async createMany(uid: string, inputs: readonly NewActionItem[]): Promise<ActionItem[]> {
    return await this.#store.transact(async (tx) => {
      const now = this.#clock.now();
      const recent = await tx.query(actionItems, uid, {
        query: 'recent',
        from: now - REPEAT_WINDOW_MS,
        limit: 1000,
      });
      const unclaimed = [...recent.items];
      return inputs.map((input) => {
        const at = unclaimed.findIndex((item) => isRepeatOf(item, input));
        const [repeated] = at < 0 ? [] : unclaimed.splice(at, 1);
        if (repeated) return repeated;
        const completedAt = input.completed ? now : null;
        const made = { ...input, completedAt, edited: true };
        const item = makeActionItem({ id: newId(), createdAt: now, ...made });
        tx.create(actionItems, uid, item);
        searchChanged(tx, uid, 'action_item', item.id, now);
        return item;
      });
    });
  }

  async update(uid: string, id: string, edit: ActionItemEdit): Promise<ActionItem> {
    return await this.#store.transact(async (tx) => {
      const before = await getUnlockedItem(tx, uid, id);
      const now = this.#clock.now();
      const after = applyEdit(before, edit, now);
      await writeItemChanges(tx, uid, [{ before, after }], now);
      return after;
    });
  }

  /**
   * Changes many items in one commit and returns how many were changed; absent and locked items are
   * skipped.
   */
  async updateMany(
    uid: string,
    edits: readonly { id: string; edit: ActionItemEdit }[],
  ): Promise<number> {
    return await this.#store.transact(async (tx) => {
      const ids = [...new Set(edits.map(({ id }) => id))];
      const found = await tx.findMany(actionItems, uid, ids);
      const before = new Map(found.map((item) => [item.id, item]));
      const after = new Map<string, ActionItem>();
      const now = this.#clock.now();
      for (const { id, edit } of edits) {
        const item = after.get(id) ?? before.get(id);
        if (item && !item.isLocked) after.set(id, applyEdit(item, edit, now));
      }
      const changes = found.flatMap((item) => {
        const next = after.get(item.id);
        return next ? [{ before: item, after: next }] : [];
      });
      await writeItemChanges(tx, uid, changes, now);
      return changes.length;
    });
  }

  /** Deletes an item; it can be brought back for a while. */
  async delete(uid: string, id: string): Promise<void> {
    await this.#store.transact(async (tx) => {
      const before = await getUnlockedItem(tx, uid, id);
      const documents = documentsOf(actionItems, [before]);
      const keep = await this.#deletions?.planKeep(tx, uid, 'action_item', id, documents);
      await writeItemChanges(tx, uid, [{ before, after: null }], this.#clock.now());
      keep?.();
    });
  }

  /**
   * Returns the items that a task app of the platform lacks (open items that were never exported, at
   * most 50) and those that it has (at most 100), newest first, so that both can be compared.
   */
  async pendingSync(
    uid: string,
    platform: string,
  ): Promise<{ pending: ActionItem[]; synced: ActionItem[] }> {
    const open = { exported: false };
    const there = { exported: true, exportPlatform: platform };
    const query = 'byPlatform';
    const recent = await this.#store.query(actionItems, uid, { query, filters: open, limit: 500 });
    const synced = await this.#store.query(actionItems, uid, { query, filters: there, limit: 100 });
    const pending = recent.items.filter((item) => !item.completed && !item.isLocked);
    return {
      pending: pending.slice(0, 50),
      synced: synced.items.filter((item) => !item.isLocked),
    };
  }
}

function isRepeatOf(item: ActionItem, input: NewActionItem): boolean {
  return (
    item.description === input.description &&
    item.dueAt === input.dueAt &&
    item.conversationId === input.conversationId &&
    item.completed === input.completed &&
    item.createdAt === item.updatedAt
  );
}

/** True if a time lies within inclusive bounds; what has no time lies within none. */
function isWithin(time: number | null, from: number | null, to: number | null): boolean {
  if (from === null && to === null) return true;
  return time !== null && time >= (from ?? time) && time <= (to ?? time);
}

function byUrgency(a: ActionItem, b: ActionItem): number {
  if (a.dueAt !== b.dueAt) {
    if (a.dueAt === null) return 1;
    if (b.dueAt === null) return -1;
    return a.dueAt - b.dueAt;
  }
  return b.createdAt - a.createdAt;
}
