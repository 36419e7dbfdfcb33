import type { Timestamp } from '@google-cloud/firestore';
import { AppError } from '../../../kernel/errors.ts';
import type { EventBus } from '../../../kernel/event-bus.ts';
import type { AnyCollection, CollectionDefinition } from '../../../model/collection.ts';
import type { DomainEvents } from '../../../model/domain-events.ts';
import type { Page, QueryRequest, Transaction } from '../../document-store.ts';
import type { CollectionAccess, Row, StoredWrite } from './document-access.ts';
import type { AnyQueryRequest } from './query-plan.ts';

/** The document of a write, and how it was read in the same transaction. */
interface Target {
  access: CollectionAccess;
  owner: string;
  id: string;
  read: Row | undefined;
}

/** One run of a transaction's function: records reads and buffers writes. */
export class FirestoreTransaction implements Transaction {
  readonly #access: (collection: AnyCollection, owner: string) => CollectionAccess;
  readonly #events: EventBus<DomainEvents>;
  /** Documents that were read, by collection, owner and id. */
  readonly #read = new Map<string, Row>();
  #ended = false;
  readonly marks = new Map<string, Timestamp | undefined>();
  readonly #writes: { write: StoredWrite; target: Target | null }[] = [];
  /** Called once the commit has succeeded. */
  readonly effects: (() => void)[] = [];

  constructor(
    access: (collection: AnyCollection, owner: string) => CollectionAccess,
    events: EventBus<DomainEvents>,
  ) {
    this.#access = access;
    this.#events = events;
  }

  /** Ends the run: later calls are errors. */
  end(): void {
    this.#ended = true;
  }

  /** Returns the writes; a document whose path differs from its id is written at its path. */
  writes(): Promise<StoredWrite[]> {
    return Promise.all(
      this.#writes.map(async ({ write, target }) => {
        if (!target?.access.idIsField) return write;
        const { access, owner, id } = target;
        const [found] = target.read ? [target.read] : await access.rows(owner, [id]);
        return found?.document ? { ...write, path: found.path } : write;
      }),
    );
  }

  async find<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    id: string,
  ): Promise<T | undefined> {
    return (await this.findMany(collection, owner, [id]))[0];
  }

  async findMany<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    ids: readonly string[],
  ): Promise<T[]> {
    this.#beforeRead();
    const named = ids.filter((id) => id !== '');
    const rows = await this.#access(collection, owner).rows(owner, named);
    return this.#marked<T>(collection, owner, rows);
  }

  async query<T extends { id: string }, Q extends string>(
    collection: CollectionDefinition<T, Q>,
    owner: string,
    request: QueryRequest<T, Q>,
  ): Promise<Page<T>> {
    this.#beforeRead();
    const page = await this.#access(collection, owner).page(owner, request as AnyQueryRequest);
    return { items: this.#marked<T>(collection, owner, page.rows), nextCursor: page.nextCursor };
  }

  create<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    document: T,
  ): void {
    this.#add(this.#access(collection, owner).create(owner, document));
  }

  put<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    document: T,
  ): void {
    const read = this.#read.get(`${collection.name}/${owner}/${document.id}`);
    const access = this.#access(collection, owner);
    this.#add(access.put(owner, document, read), { access, owner, id: document.id, read });
  }

  patch<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    id: string,
    fields: Partial<Omit<T, 'id'>>,
  ): void {
    const given = Object.entries(fields).filter(([, value]) => value !== undefined);
    if (given.some(([field]) => field === 'id')) {
      throw new AppError('internal', 'The id of a document cannot be changed.');
    }
    const access = this.#access(collection, owner);
    const read = this.#read.get(`${collection.name}/${owner}/${id}`);
    this.#add(access.patch(owner, id, Object.fromEntries(given)), { access, owner, id, read });
  }

  delete<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    id: string,
  ): void {
    const access = this.#access(collection, owner);
    const read = this.#read.get(`${collection.name}/${owner}/${id}`);
    this.#add(access.delete(owner, id), { access, owner, id, read });
  }

  onCommit(effect: () => void): void {
    this.#assertRunning();
    this.effects.push(effect);
  }

  emit<K extends keyof DomainEvents>(name: K, event: DomainEvents[K]): void {
    this.onCommit(() => this.#events.emit(name, event));
  }

  #marked<T>(collection: AnyCollection, owner: string, rows: readonly Row[]): T[] {
    const documents: T[] = [];
    for (const row of rows) {
      const { path, updateTime, document } = row;
      // The first read counts: if two reads differ, the commit finds the first one stale.
      if (!this.marks.has(path)) this.marks.set(path, updateTime);
      if (!document) continue;
      this.#read.set(`${collection.name}/${owner}/${document.id}`, row);
      documents.push(document as T);
    }
    return documents;
  }

  #add(write: StoredWrite, target: Target | null = null): void {
    this.#assertRunning();
    this.#writes.push({ write, target });
  }

  #beforeRead(): void {
    this.#assertRunning();
    if (this.#writes.length > 0) {
      throw new AppError('internal', 'A transaction must read before it writes.');
    }
  }

  #assertRunning(): void {
    if (this.#ended) throw new AppError('internal', 'The transaction has ended.');
  }
}
