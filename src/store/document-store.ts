import type { EventBus } from '../kernel/event-bus.ts';
import type { CollectionDefinition } from '../model/collection.ts';
import type { DomainEvents } from '../model/domain-events.ts';

/** A request for one of a collection's declared queries. */
export interface QueryRequest<T, Q extends string = string> {
  /** Name of the declared query. */
  query: Q;
  /** Values for the declared filters; a filter without a value does not restrict. */
  filters?: { [K in keyof T]?: T[K] | readonly T[K][] };
  /** Inclusive bounds on the field that the query orders by. */
  from?: string | number;
  to?: string | number;
  /** Largest number of documents to return, 1 to 1000. */
  limit: number;
  /** `nextCursor` of the previous page. */
  cursor?: string | undefined;
}

export interface Page<T> {
  items: T[];
  /** Cursor of the next page; undefined after the last page. */
  nextCursor: string | undefined;
}

/** Reads documents. `owner` is a user id, or `GLOBAL`. */
export interface DocumentReader {
  /** Returns the document, or undefined. */
  find<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    id: string,
  ): Promise<T | undefined>;
  /** Returns the documents that exist among `ids`, in the order of `ids`. */
  findMany<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    ids: readonly string[],
  ): Promise<T[]>;
  /** Returns one page of a declared query, ordered as declared, ties by id ascending. */
  query<T extends { id: string }, Q extends string>(
    collection: CollectionDefinition<T, Q>,
    owner: string,
    request: QueryRequest<T, Q>,
  ): Promise<Page<T>>;
}

/** Writes documents. Inside `transact` writes are buffered until the function has returned. */
export interface DocumentWriter {
  /** Adds a new document; the commit fails with `already-exists` if the id is taken. */
  create<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    document: T,
  ): void;
  /** Adds or replaces a document. */
  put<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    document: T,
  ): void;
  /** Replaces the given top-level fields; the commit fails with `not-found` if the document is absent. */
  patch<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    id: string,
    fields: Partial<Omit<T, 'id'>>,
  ): void;
  /** Deletes a document; an absent document is no error. */
  delete<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    id: string,
  ): void;
  /** Emits an event of the store once, after the commit has succeeded. */
  emit<K extends keyof DomainEvents>(name: K, event: DomainEvents[K]): void;
}

/**
 * A transaction. All reads come before the first write: a read after a write throws. The commit
 * checks that every document that `find`, `findMany` or `query` returned (or found absent, by id)
 * is unchanged. It does not notice documents that would newly match a query.
 */
export interface Transaction extends DocumentReader, DocumentWriter {
  /** Calls `effect` once, after the commit has succeeded; never for a run that is repeated. */
  onCommit(effect: () => void): void;
}

/**
 * Writes a consistent copy of everything into a new file at `path`, while writers continue. The file can
 * be opened as a store of the same engine.
 */
export type Snapshot = (path: string) => Promise<void>;

/**
 * Documents in collections under a user, and a few global collections: the model of Firestore, which
 * both a file on one machine and a cloud database can implement.
 */
export interface DocumentStore extends DocumentReader {
  /** Events of this process: those of committed transactions, and those that services emit themselves. */
  readonly events: EventBus<DomainEvents>;
  /**
   * Runs `fn` and commits what it wrote, atomically. If a document that `fn` read has changed, `fn`
   * runs again (at most 5 times, then `conflict`), so it must have no effects of its own: use
   * `onCommit`. At most 500 documents and 10 MB may be written, Firestore's limits.
   */
  transact<R>(fn: (tx: Transaction) => Promise<R> | R): Promise<R>;
  /** Returns the ids of all users that own at least one document, for recovery and maintenance. */
  listOwners(): Promise<string[]>;
  /** Deletes every document of a user's collections. */
  deleteOwner(owner: string): Promise<void>;
  /**
   * Yields every document of a user (of the global collections for `GLOBAL`), collection by collection,
   * each in the order of the ids as bytes of UTF-8.
   */
  exportOwner(owner: string): AsyncIterable<{ collection: string; document: { id: string } }>;
  /** Null if the engine has its own tools for backups. */
  readonly snapshot: Snapshot | null;
  /** Throws if the store cannot be read or written. */
  check(): Promise<void>;
  close(): Promise<void>;
}
