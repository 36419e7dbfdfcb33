import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import { type Advice, advice } from '../model/desktop/advice.ts';
import { getDocument, queryAll, queryKept } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** Pieces of advice changed in one commit. */
const CHANGED_PER_COMMIT = 200;

export type NewAdvice = Omit<Advice, 'id' | 'isRead' | 'isDismissed' | 'createdAt' | 'updatedAt'>;

export interface AdviceServiceOptions {
  store: DocumentStore;
  clock: Clock;
}

/** Advice that a desktop app gave. Every id is looked up under its user. */
export class AdviceService {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: AdviceServiceOptions) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  async add(uid: string, input: NewAdvice): Promise<Advice> {
    const now = this.#clock.now();
    const state = { isRead: false, isDismissed: false, createdAt: now, updatedAt: now };
    const added = { ...input, id: newId(), ...state };
    await this.#store.transact((tx) => tx.create(advice, uid, added));
    return added;
  }

  /** Returns one page, newest first. `category` null: of every category. */
  async list(
    uid: string,
    filter: { category: string | null; includeDismissed: boolean },
    page: { offset: number; limit: number },
  ): Promise<Advice[]> {
    const request = {
      query: 'recent',
      filters: filter.includeDismissed ? {} : { isDismissed: false },
    } as const;
    const from = { ...page, cursor: null };
    const { items } = await queryKept(
      this.#store,
      advice,
      uid,
      request,
      from,
      (one) => filter.category === null || one.category === filter.category,
    );
    return items;
  }

  /** Changes whether advice was read or dismissed. @throws AppError `not-found` */
  async update(
    uid: string,
    id: string,
    changes: { isRead?: boolean; isDismissed?: boolean },
  ): Promise<Advice> {
    return await this.#store.transact(async (tx) => {
      const found = await getDocument(tx, advice, uid, id, 'Advice not found');
      const changed = { ...found, ...changes, updatedAt: this.#clock.now() };
      tx.put(advice, uid, changed);
      return changed;
    });
  }

  /** Deletes advice; if it is absent, that is no error. */
  async delete(uid: string, id: string): Promise<void> {
    await this.#store.transact((tx) => tx.delete(advice, uid, id));
  }

  /** Marks all advice as read. Returns how many pieces were not. */
  async markAllRead(uid: string): Promise<number> {
    const unread: string[] = [];
    const request = { query: 'recent', filters: { isRead: false } } as const;
    for await (const { id } of queryAll(this.#store, advice, uid, request)) unread.push(id);
    for (let i = 0; i < unread.length; i += CHANGED_PER_COMMIT) {
      const part = unread.slice(i, i + CHANGED_PER_COMMIT);
      await this.#store.transact(async (tx) => {
        const now = this.#clock.now();
        for (const { id } of await tx.findMany(advice, uid, part)) {
          tx.patch(advice, uid, id, { isRead: true, updatedAt: now });
        }
      });
    }
    return unread.length;
  }
}
