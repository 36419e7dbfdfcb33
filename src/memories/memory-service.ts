import { documentsOf } from '../deletions/deleted-documents.ts';
import type { KeptDeletions } from '../deletions/deletions.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError, isAppError } from '../kernel/errors.ts';
import { idFromText, newId } from '../kernel/ids.ts';
import {
  awaitsReview,
  isCurrent,
  type Memory,
  type MemoryCategory,
  makeMemory,
  memories,
  memoryScoring,
} from '../model/memory.ts';
import { searchChanged } from '../search/search-changed.ts';
import { getDocument, type ListPage, pageOf, queryAll, queryKept } from '../store/collection.ts';
import type { DocumentReader, DocumentStore } from '../store/document-store.ts';

/** Omi's list: the first page has up to this many, whatever the limit. */
const FIRST_PAGE_LIMIT = 5000;
const DELETED_PER_COMMIT = 200;
const CHANGED_PER_COMMIT = 200;

/** A memory that a user adds. */
export interface NewMemory {
  content: string;
  /** Null: `manual`. */
  category: MemoryCategory | null;
  visibility: Memory['visibility'];
  tags: string[];
  headline: string | null;
}

export interface MemoryServiceOptions {
  store: DocumentStore;
  clock: Clock;
  /** Keeps what is deleted for a while; absent: it is gone at once. */
  deletions?: KeptDeletions;
}

/** The facts about a user, as the user sees and edits them. Every id is looked up under its user. */
export class MemoryService {
  readonly #store: DocumentStore;
  readonly #clock: Clock;
  readonly #deletions: KeptDeletions | undefined;

  constructor(options: MemoryServiceOptions) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#deletions = options.deletions;
  }

  /**
   * Returns memories by `scoring`, then creation, both descending. Empty `categories` means all;
   * `awaitsReview` keeps only those that wait for a review, or only the others. As with Omi, offset 0 returns up to 5000 whatever the limit, and memories that the user has rejected
   * are removed after paging.
   */
  async list(
    uid: string,
    page: {
      offset: number;
      limit: number;
      categories: readonly string[];
      awaitsReview?: boolean | undefined;
    },
  ): Promise<Memory[]> {
    const { offset, categories } = page;
    const limit = offset === 0 ? FIRST_PAGE_LIMIT : page.limit;
    const items: Memory[] = [];
    let seen = 0;
    for await (const memory of queryAll(this.#store, memories, uid, { query: 'byScoring' })) {
      if (items.length >= limit) break;
      if (!isCurrent(memory)) continue;
      if (categories.length > 0 && !categories.includes(memory.category)) continue;
      if (![undefined, awaitsReview(memory)].includes(page.awaitsReview)) continue;
      seen += 1;
      if (seen > offset) items.push(memory);
    }
    return items.filter((memory) => memory.userReview !== false).sort(byScoring);
  }

  /**
   * Returns one page in the order of `list`, without rejected ones, so that a page is short only at the
   * end of the list. `text`: words that stand in the memory as they are, in capitals or not.
   */
  async listPage(
    uid: string,
    filter: {
      categories: readonly string[];
      awaitsReview: boolean | null;
      conversationId: string | null;
      text: string;
    },
    page: { offset: number; limit: number },
  ): Promise<Memory[]> {
    return (await pageOf(this.#matching(uid, filter), page)).items;
  }

  async *#matching(
    uid: string,
    filter: Parameters<MemoryService['listPage']>[1],
  ): AsyncGenerator<Memory> {
    const { categories, conversationId } = filter;
    const text = filter.text.trim().toLowerCase();
    const request =
      conversationId === null
        ? { query: 'byScoring' as const }
        : { query: 'ofConversation' as const, filters: { conversationId } };
    for await (const memory of queryAll(this.#store, memories, uid, request)) {
      if (!isCurrent(memory) || memory.userReview === false) continue;
      if (categories.length > 0 && !categories.includes(memory.category)) continue;
      if (![null, awaitsReview(memory)].includes(filter.awaitsReview)) continue;
      if (memory.content.toLowerCase().includes(text)) yield memory;
    }
  }

  /**
   * Returns one page, the most telling first, or by their last change if `updatedSince` is given, oldest
   * first. Rejected and outdated ones are left out, so that pages are full. Empty `categories` means all.
   */
  async page(
    uid: string,
    filter: { categories: readonly string[]; updatedSince: number | null },
    page: ListPage,
  ): Promise<{ items: Memory[]; nextCursor: string | null }> {
    const { categories, updatedSince } = filter;
    const request =
      updatedSince === null
        ? { query: 'byScoring' as const }
        : { query: 'changed' as const, from: updatedSince };
    return await queryKept(this.#store, memories, uid, request, page, (memory) => {
      const isWanted = categories.length === 0 || categories.includes(memory.category);
      return isWanted && isCurrent(memory) && memory.userReview !== false;
    });
  }

  /**
   * Returns one memory.
   *
   * @throws AppError `not-found`, `payment-required`
   */
  async get(uid: string, id: string): Promise<Memory> {
    return await getUnlocked(this.#store, uid, id);
  }

  /**
   * Returns the memory and the versions that it has replaced, newest first.
   *
   * @throws AppError `not-found`, `payment-required`
   */
  async history(uid: string, id: string): Promise<Memory[]> {
    return await loadHistory(this.#store, uid, await getUnlocked(this.#store, uid, id));
  }

  async create(uid: string, input: NewMemory): Promise<Memory> {
    const [memory] = await this.createMany(uid, [input]);
    if (!memory) throw new AppError('internal', 'The memory was not stored.');
    return memory;
  }

  /**
   * Adds memories in one commit and returns them in order. A fact that is known already is not added
   * again: it becomes the user's own (manual) and keeps its id and creation time.
   */
  async createMany(uid: string, inputs: readonly NewMemory[]): Promise<Memory[]> {
    return await this.#store.transact(async (tx) => {
      const now = this.#clock.now();
      const found = await tx.findMany(
        memories,
        uid,
        inputs.flatMap((input) => idsFor(input.content)),
      );
      const known = new Map(found.map((memory) => [memory.id, memory]));
      const added: Memory[] = [];
      for (const input of inputs) {
        const memory = makeManual(uid, input, known, now);
        known.set(memory.id, memory);
        tx.put(memories, uid, memory);
        searchChanged(tx, uid, 'memory', memory.id, now);
        added.push(memory);
      }
      return added;
    });
  }

  /**
   * Changes fields of a memory and returns it as it then is; it keeps its id.
   *
   * @throws AppError `not-found`, `payment-required`
   */
  async update(
    uid: string,
    id: string,
    fields: Partial<Pick<Memory, 'content' | 'category' | 'visibility' | 'tags'>>,
  ): Promise<Memory> {
    const edited = fields.content === undefined ? fields : { ...fields, edited: true };
    await this.#edit(uid, id, edited);
    return await this.get(uid, id);
  }

  /** Changes the content of a memory; it keeps its id. */
  async setContent(uid: string, id: string, content: string): Promise<void> {
    await this.#edit(uid, id, { content, edited: true });
  }

  async setVisibility(uid: string, id: string, visibility: Memory['visibility']): Promise<void> {
    await this.#edit(uid, id, { visibility });
  }

  /** Stores the user's verdict; false hides the memory. */
  async review(uid: string, id: string, accepted: boolean): Promise<void> {
    await this.#edit(uid, id, { userReview: accepted, reviewed: true });
  }

  /**
   * Marks a memory as read or dismissed and returns it.
   *
   * @throws AppError `not-found`, `payment-required`
   */
  async mark(
    uid: string,
    id: string,
    marks: Partial<Pick<Memory, 'isRead' | 'isDismissed'>>,
  ): Promise<Memory> {
    await this.#edit(uid, id, marks);
    return await this.get(uid, id);
  }

  /** Marks all memories as read. Returns how many were not. */
  async markAllRead(uid: string): Promise<number> {
    return await this.#changeAll(
      uid,
      ({ isRead }) => !isRead,
      () => ({ isRead: true }),
    );
  }

  /** Sets the visibility of all memories. Returns how many had another. */
  async setAllVisibility(uid: string, visibility: Memory['visibility']): Promise<number> {
    return await this.#changeAll(
      uid,
      (memory) => memory.visibility !== visibility,
      () => ({ visibility }),
    );
  }

  /** Deletes a memory with its older versions; it can be brought back for a while. */
  async delete(uid: string, id: string): Promise<void> {
    await this.#store.transact(async (tx) => {
      const memory = await getUnlocked(tx, uid, id);
      // Its older versions can be reached only through it.
      const history = await loadHistory(tx, uid, memory);
      const documents = documentsOf(memories, history);
      const keep = await this.#deletions?.planKeep(tx, uid, 'memory', id, documents);
      keep?.();
      for (const { id: gone } of history) {
        tx.delete(memories, uid, gone);
        searchChanged(tx, uid, 'memory', gone, this.#clock.now());
      }
    });
  }

  /** Deletes memories with their versions. Unknown and locked ones are skipped. Returns how many went. */
  async deleteMany(uid: string, ids: readonly string[]): Promise<number> {
    let deleted = 0;
    for (const id of new Set(ids)) {
      try {
        await this.delete(uid, id);
        deleted += 1;
      } catch (error) {
        if (!isAppError(error, 'not-found') && !isAppError(error, 'payment-required')) throw error;
      }
    }
    return deleted;
  }

  /**
   * Deletes every memory that there is now. Returns the id by which they can be brought back for a while
   * (kind `memories`); null if there were none, or nothing is kept here.
   */
  async deleteAll(uid: string): Promise<string | null> {
    const all: Memory[] = [];
    for await (const memory of queryAll(this.#store, memories, uid, { query: 'byScoring' })) {
      all.push(memory);
    }
    if (all.length === 0) return null;
    // One of its own for each time: a second time must not replace what the first has kept.
    const deletion = this.#deletions?.areKept ? newId() : null;
    if (deletion !== null) {
      await this.#deletions?.keep(uid, 'memories', deletion, documentsOf(memories, all));
    }
    for (let at = 0; at < all.length; at += DELETED_PER_COMMIT) {
      const some = all.slice(at, at + DELETED_PER_COMMIT);
      await this.#store.transact(async (tx) => {
        const now = this.#clock.now();
        for (const { id } of some) {
          tx.delete(memories, uid, id);
          searchChanged(tx, uid, 'memory', id, now);
        }
      });
    }
    return deletion;
  }

  /** Changes every memory that is not locked and that `isMeant` names. Returns how many. */
  async #changeAll(
    uid: string,
    isMeant: (memory: Memory) => boolean,
    change: () => Partial<Omit<Memory, 'id'>>,
  ): Promise<number> {
    const ids: string[] = [];
    for await (const memory of queryAll(this.#store, memories, uid, { query: 'byScoring' })) {
      if (!memory.isLocked && isMeant(memory)) ids.push(memory.id);
    }
    for (let i = 0; i < ids.length; i += CHANGED_PER_COMMIT) {
      const part = ids.slice(i, i + CHANGED_PER_COMMIT);
      await this.#store.transact(async (tx) => {
        const updatedAt = this.#clock.now();
        for (const { id } of await tx.findMany(memories, uid, part)) {
          tx.patch(memories, uid, id, { ...change(), updatedAt });
        }
      });
    }
    return ids.length;
  }

  async #edit(uid: string, id: string, fields: Partial<Omit<Memory, 'id'>>): Promise<void> {
    await this.#store.transact(async (tx) => {
      await getUnlocked(tx, uid, id);
      const now = this.#clock.now();
      tx.patch(memories, uid, id, { ...fields, updatedAt: now });
      searchChanged(tx, uid, 'memory', id, now);
    });
  }
}

/**
 * Returns the ids that a content may have: its own, and a second one in case the document at the first
 * was edited into another fact.
 */
function idsFor(content: string): [string, string] {
  return [idFromText(content), idFromText(`${content}\u0000`)];
}

function makeManual(
  uid: string,
  input: NewMemory,
  known: ReadonlyMap<string, Memory>,
  now: number,
): Memory {
  const candidates = idsFor(input.content);
  const id = candidates.find((candidate) => {
    const there = known.get(candidate);
    return there === undefined || there.content === input.content;
  });
  const existing = id === undefined ? undefined : known.get(id);
  const createdAt = existing?.createdAt ?? now;
  const manual = {
    ...input,
    uid,
    createdAt,
    category: input.category ?? ('manual' as const),
    manuallyAdded: true,
    reviewed: true,
    userReview: true,
    updatedAt: now,
  };
  if (!existing) return makeMemory({ ...manual, id: id ?? newId() });
  return { ...existing, ...manual, scoring: memoryScoring(manual) };
}

/** Returns a memory and its older versions, each once, newest first. */
async function loadHistory(reader: DocumentReader, uid: string, memory: Memory): Promise<Memory[]> {
  const found = new Map([[memory.id, memory]]);
  let next = memory.replaces;
  while (next.length > 0) {
    const ids = next.filter((id) => !found.has(id));
    const older = await reader.findMany(memories, uid, ids);
    for (const one of older) found.set(one.id, one);
    next = older.flatMap(({ replaces }) => replaces);
  }
  return [...found.values()];
}

async function getUnlocked(reader: DocumentReader, uid: string, id: string): Promise<Memory> {
  const memory = await getDocument(reader, memories, uid, id, 'Memory not found');
  if (memory.isLocked) {
    throw new AppError('payment-required', 'A paid plan is required to access this memory.');
  }
  return memory;
}

function byScoring(a: Memory, b: Memory): number {
  if (a.scoring !== b.scoring) return a.scoring < b.scoring ? 1 : -1;
  return b.createdAt - a.createdAt;
}
