import type { Clock } from '../../kernel/clock.ts';
import { AppError, describeError, isAppError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import { conversations } from '../../model/conversations/conversation.ts';
import { memories } from '../../model/memory.ts';
import { type SearchChange, searchChanges } from '../../model/search-change.ts';
import { actionItems } from '../../model/tasks/action-item.ts';
import { queryAll } from '../../store/collection.ts';
import type { DocumentStore } from '../../store/document-store.ts';
import type { SearchIndex, SearchUpdate } from '../search-index.ts';
import { FeedSchedule } from './feed-schedule.ts';
import {
  actionItemUpdates,
  conversationUpdates,
  loadSubjects,
  memoryUpdates,
} from './search-subjects.ts';

/**
 * Changes this much before the watermark are read again: a transaction takes its time when it
 * begins, and may commit after one that began later.
 */
const OVERLAP_MS = 5000;
const PAGE_SIZE = 50;
/** Subjects loaded at once while everything is fed. */
const REBUILD_BATCH = 50;
/** Documents in one commit of the index: other users' searches wait for it. */
const COMMIT_SIZE = 400;
/** Times that a catch-up starts over because the index was lost under it. */
const RESTARTS = 2;

export interface SearchFeedOptions {
  store: DocumentStore;
  index: SearchIndex;
  clock: Clock;
  logger: Logger;
}

/** Brings the search index of each user up to what stands in the store. */
export class SearchFeed {
  readonly #store: DocumentStore;
  readonly #index: SearchIndex;
  readonly #clock: Clock;
  readonly #schedule: FeedSchedule;
  /** By user: changes that were applied late enough after they happened to be final. */
  readonly #settled = new Map<string, Map<string, number>>();

  constructor(options: SearchFeedOptions) {
    this.#store = options.store;
    this.#index = options.index;
    this.#clock = options.clock;
    this.#schedule = new FeedSchedule(
      (uid, signal) => this.#read(uid, signal),
      (error) => options.logger.warn({ error: describeError(error) }, 'indexing failed'),
    );
  }

  /**
   * Resolves once everything that was committed before the call can be found. Aborting `signal`
   * ends the waiting (rejecting with `aborted`), not the work, which others may wait for as well.
   */
  async catchUp(uid: string, signal?: AbortSignal): Promise<void> {
    const done = this.#schedule.run(uid);
    if (!signal) return done;
    await untilAborted(done, signal);
  }

  /** Something of the user's has changed: catches up soon, once for many changes. */
  note(uid: string): void {
    this.#schedule.soon(uid);
  }

  /**
   * Deletes the user's index and feeds all that the store has, whether or not a change was noted
   * of it. `onProgress` is told how many subjects have been fed so far.
   */
  async rebuild(uid: string, onProgress?: (fed: number) => void): Promise<void> {
    await this.#schedule.alone(uid, (signal) => this.#feedAll(uid, signal, onProgress));
  }

  /** Deletes a user's index, after the work under way for it. */
  async deleteUser(uid: string): Promise<void> {
    await this.#schedule.alone(uid, async () => {
      this.#settled.delete(uid);
      await this.#index.deleteUser(uid);
    });
  }

  /** Stops; work under way ends after its current commit. */
  close(): Promise<void> {
    return this.#schedule.close();
  }

  async #read(uid: string, signal: AbortSignal): Promise<void> {
    for (let restarts = 0; ; restarts += 1) {
      try {
        return await this.#readChanges(uid, signal);
      } catch (error) {
        if (!isAppError(error, 'conflict') || restarts >= RESTARTS) throw error;
        this.#settled.delete(uid);
      }
    }
  }

  async #readChanges(uid: string, signal: AbortSignal): Promise<void> {
    let watermark = await this.#index.watermark(uid);
    if (watermark === 0) this.#settled.delete(uid);
    const from = Math.max(0, watermark - OVERLAP_MS);
    let cursor: string | undefined;
    do {
      signal.throwIfAborted();
      const request = { query: 'since', from, limit: PAGE_SIZE, cursor } as const;
      const readAt = this.#clock.now();
      const page = await this.#store.query(searchChanges, uid, request);
      const fresh = page.items.filter((change) => !this.#isSettled(uid, change));
      const before = watermark;
      watermark = Math.max(watermark, page.items.at(-1)?.changedAt ?? 0);
      if (fresh.length > 0) {
        const updates = await loadSubjects(this.#store, uid, fresh);
        await this.#apply(uid, updates, before, watermark);
        this.#settle(uid, fresh, readAt, watermark);
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }

  /** Applies in commits of a bounded size; the last one moves the watermark. */
  async #apply(
    uid: string,
    updates: readonly SearchUpdate[],
    before: number,
    after: number,
  ): Promise<void> {
    let part: SearchUpdate[] = [];
    let size = 0;
    for (const update of updates) {
      if (part.length > 0 && size + update.documents.length > COMMIT_SIZE) {
        await this.#index.apply(uid, part, before);
        part = [];
        size = 0;
      }
      part.push(update);
      size += update.documents.length;
    }
    await this.#index.apply(uid, part, after);
  }

  #isSettled(uid: string, change: SearchChange): boolean {
    return this.#settled.get(uid)?.get(change.id) === change.changedAt;
  }

  /**
   * Remembers what need not be read again although it lies within the overlap. A change that was
   * read at once may have a twin of the same millisecond still to come, so it is not remembered.
   */
  #settle(uid: string, changes: readonly SearchChange[], readAt: number, watermark: number): void {
    const settled = this.#settled.get(uid) ?? new Map<string, number>();
    for (const { id, changedAt } of changes) {
      if (readAt - changedAt >= OVERLAP_MS) settled.set(id, changedAt);
    }
    for (const [id, changedAt] of settled) {
      if (changedAt < watermark - OVERLAP_MS) settled.delete(id);
    }
    if (settled.size > 0) this.#settled.set(uid, settled);
    else this.#settled.delete(uid);
  }

  async #feedAll(
    uid: string,
    signal: AbortSignal,
    onProgress: ((fed: number) => void) | undefined,
  ): Promise<void> {
    this.#settled.delete(uid);
    await this.#index.deleteUser(uid);
    const startedAt = this.#clock.now();
    let fed = 0;
    // The watermark moves with the end only, so that an interrupted rebuild reads all changes again.
    const feed = async (updates: readonly SearchUpdate[]) => {
      signal.throwIfAborted();
      await this.#apply(uid, updates, 0, 0);
      fed += updates.length;
      onProgress?.(fed);
    };
    const recent = queryAll(this.#store, conversations, uid, { query: 'recent' });
    for await (const batch of inBatches(recent)) {
      await feed(await conversationUpdates(this.#store, uid, batch));
    }
    const facts = queryAll(this.#store, memories, uid, { query: 'byScoring' });
    for await (const batch of inBatches(facts)) await feed(memoryUpdates(batch));
    const items = queryAll(this.#store, actionItems, uid, { query: 'recent' });
    for await (const batch of inBatches(items)) await feed(actionItemUpdates(batch));
    await this.#index.apply(uid, [], startedAt);
  }
}

async function* inBatches<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < REBUILD_BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function untilAborted(done: Promise<void>, signal: AbortSignal): Promise<void> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new AppError('aborted', 'The search index is still catching up.'));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([done, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}
