import { AppError } from '../../../kernel/errors.ts';
import type { EventBus } from '../../../kernel/event-bus.ts';
import type { AnyCollection, CollectionDefinition } from '../../../model/collection.ts';
import type { DomainEvents } from '../../../model/domain-events.ts';
import type { Page, QueryRequest, Transaction } from '../../document-store.ts';
import type { AnyQueryRequest } from '../../query-request.ts';
import { copyPlain, decodeDocument, encodeDocument } from './document-codec.ts';
import { documentKey, type TableAccess, type Write } from './table-access.ts';

/** A document that a transaction has read, and its version then; undefined: it was absent. */
interface ReadMark {
  collection: AnyCollection;
  owner: string;
  id: string;
  version: number | undefined;
}

/** One run of a transaction's function: records reads and buffers writes. */
export class BufferedTransaction implements Transaction {
  readonly #tables: TableAccess;
  readonly #events: EventBus<DomainEvents>;
  readonly #reads = new Map<string, ReadMark>();
  readonly #writes: Write[] = [];
  #ended = false;
  /** Called once the commit has succeeded. */
  readonly effects: (() => void)[] = [];

  constructor(tables: TableAccess, events: EventBus<DomainEvents>) {
    this.#tables = tables;
    this.#events = events;
  }

  /** True if there is nothing to check and nothing to write. */
  get isEmpty(): boolean {
    return this.#reads.size === 0 && this.#writes.length === 0;
  }

  /** Ends the run: later calls are errors. */
  end(): void {
    this.#ended = true;
  }

  /** Returns the key of the first document that has changed since it was read. */
  findStale(): string | undefined {
    for (const [key, mark] of this.#reads) {
      const version = this.#tables.version(mark.collection, mark.owner, mark.id);
      if (version !== mark.version) return key;
    }
    return undefined;
  }

  /** Writes; nothing that was read has changed, as `findStale` has said in the same commit. */
  apply(): void {
    const versions = new Map<string, number | undefined>();
    for (const [key, { version }] of this.#reads) versions.set(key, version);
    for (const write of this.#writes) {
      const key = documentKey(write.collection, write.owner, write.id);
      this.#tables.apply(write, versions.get(key));
      // The next write of the same document finds another version.
      versions.delete(key);
    }
  }

  async find<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    id: string,
  ): Promise<T | undefined> {
    this.#beforeRead();
    return this.#find(collection, owner, id);
  }

  async findMany<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    ids: readonly string[],
  ): Promise<T[]> {
    this.#beforeRead();
    const documents: T[] = [];
    for (const id of ids) {
      const document = this.#find(collection, owner, id);
      if (document) documents.push(document);
    }
    return documents;
  }

  async query<T extends { id: string }, Q extends string>(
    collection: CollectionDefinition<T, Q>,
    owner: string,
    request: QueryRequest<T, Q>,
  ): Promise<Page<T>> {
    this.#beforeRead();
    const page = this.#tables.page(collection, owner, request as AnyQueryRequest);
    for (const row of page.items) this.#mark(collection, owner, row.id, row);
    return {
      items: page.items.map(({ body }) => decodeDocument(collection, body)),
      nextCursor: page.nextCursor,
    };
  }

  create<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    document: T,
  ): void {
    this.#add(owner, {
      kind: 'create',
      collection,
      owner,
      id: document.id,
      ...encodeDocument(collection, document),
    });
  }

  put<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    document: T,
  ): void {
    this.#add(owner, {
      kind: 'put',
      collection,
      owner,
      id: document.id,
      ...encodeDocument(collection, document),
    });
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
    // Copied: the caller may change its object later.
    const copy = copyPlain(Object.fromEntries(given));
    this.#add(owner, { kind: 'patch', collection, owner, id, fields: copy });
  }

  delete<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    id: string,
  ): void {
    this.#add(owner, { kind: 'delete', collection, owner, id });
  }

  onCommit(effect: () => void): void {
    this.#assertRunning();
    this.effects.push(effect);
  }

  emit<K extends keyof DomainEvents>(name: K, event: DomainEvents[K]): void {
    this.onCommit(() => this.#events.emit(name, event));
  }

  #find<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    id: string,
  ): T | undefined {
    const found = this.#tables.find(collection, owner, id);
    this.#mark(collection, owner, id, found);
    return found?.document;
  }

  #add(owner: string, write: Write): void {
    this.#assertRunning();
    this.#tables.table(write.collection, owner);
    if (write.id === '') throw new AppError('internal', 'A document needs an id.');
    this.#writes.push(write);
  }

  #mark(
    collection: AnyCollection,
    owner: string,
    id: string,
    read: { version: number } | undefined,
  ): void {
    const key = documentKey(collection, owner, id);
    // The first read counts: if two reads differ, the commit finds the first one stale.
    if (!this.#reads.has(key))
      this.#reads.set(key, { collection, owner, id, version: read?.version });
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
