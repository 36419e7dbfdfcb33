import type { Timestamp } from '@google-cloud/firestore';
import { AppError } from '../../../kernel/errors.ts';
import type { AnyCollection, CollectionDefinition } from '../../../model/collection.ts';
import type { Page, QueryRequest, Transaction } from '../../document-store.ts';
import type { CollectionAccess, Row, StoredWrite } from './document-access.ts';
import type { AnyQueryRequest } from './query-plan.ts';

/** One run of a transaction's function: remembers what was read and buffers what is written. */
export class FirestoreTransaction implements Transaction {
  readonly #access: (collection: AnyCollection, owner: string) => CollectionAccess;
  readonly #located = new Map<string, string>();
  #ended = false;
  readonly marks = new Map<string, Timestamp | undefined>();
  readonly writes: StoredWrite[] = [];
  /** What to call once the commit has succeeded. */
  readonly effects: (() => void)[] = [];

  constructor(access: (collection: AnyCollection, owner: string) => CollectionAccess) {
    this.#access = access;
  }

  /** The function has returned: later calls are errors. */
  end(): void {
    this.#ended = true;
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
    const rows = await this.#access(collection, owner).rows(owner, ids);
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
    const write = this.#access(collection, owner).put(owner, document);
    this.#add(this.#where(write, collection, owner, document.id));
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
    const write = this.#access(collection, owner).patch(owner, id, Object.fromEntries(given));
    this.#add(this.#where(write, collection, owner, id));
  }

  delete<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    id: string,
  ): void {
    const write = this.#access(collection, owner).delete(owner, id);
    this.#add(this.#where(write, collection, owner, id));
  }

  onCommit(effect: () => void): void {
    this.#assertRunning();
    this.effects.push(effect);
  }

  /** Documents that were read under another path than their id gives are written where they stand. */
  #where(write: StoredWrite, collection: AnyCollection, owner: string, id: string): StoredWrite {
    const path = this.#located.get(`${collection.name}/${owner}/${id}`);
    return path === undefined ? write : { ...write, path };
  }

  #marked<T>(collection: AnyCollection, owner: string, rows: readonly Row[]): T[] {
    const documents: T[] = [];
    for (const { path, updateTime, document } of rows) {
      // The first reading counts: where two differ, the commit finds the first one stale.
      if (!this.marks.has(path)) this.marks.set(path, updateTime);
      if (!document) continue;
      this.#located.set(`${collection.name}/${owner}/${document.id}`, path);
      documents.push(document as T);
    }
    return documents;
  }

  #add(write: StoredWrite): void {
    this.#assertRunning();
    this.writes.push(write);
  }

  #beforeRead(): void {
    this.#assertRunning();
    if (this.writes.length > 0) {
      throw new AppError('internal', 'A transaction reads before it writes.');
    }
  }

  #assertRunning(): void {
    if (this.#ended) throw new AppError('internal', 'The transaction has ended.');
  }
}
