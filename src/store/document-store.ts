import type { EventBus } from '../kernel/event-bus.ts';
import type { CollectionDefinition } from '../model/collection.ts';
import type { DomainEvents } from '../model/domain-events.ts';

/** A request for one of a collection's declared queries. */
export interface QueryRequest<T, Q extends string = string> {
  /** Name of the declared query. */
  query: Q;
  /** Values for the declared filters; a filter that is not given does not restrict. */
  filters?: { [K in keyof T]?: T[K] | readonly T[K][] };
  /** Inclusive bounds on the field that the query orders by. */
  from?: string | number;
  to?: string | number;
  /** Largest number of documents to return, 1 to 1000. */
  limit: number;
  /** `nextCursor` of the page before. */
  cursor?: string | undefined;
}

export interface Page<T> {
  items: T[];
  /** Where to go on; undefined after the last page. */
  nextCursor: string | undefined;
}

/** What may be read, of whose documents: `owner` is a user id, or `GLOBAL`. */
export interface DocumentReader {
  /** The document, or undefined. */
  find<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    id: string,
  ): Promise<T | undefined>;
  /** The documents that exist among `ids`, in the order of `ids`. */
  findMany<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    ids: readonly string[],
  ): Promise<T[]>;
  /** One page of a declared query, ordered as declared, ties by id ascending. */
  query<T extends { id: string }, Q extends string>(
    collection: CollectionDefinition<T, Q>,
    owner: string,
    request: QueryRequest<T, Q>,
  ): Promise<Page<T>>;
}

/** What may be written. Inside `transact` these are buffered until the function has returned. */
export interface DocumentWriter {
  /** Adds a new document; the commit fails with `already-exists` where the id is taken. */
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
  /** Replaces the given top-level fields; the commit fails with `not-found` where it is absent. */
  patch<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    id: string,
    fields: Partial<Omit<T, 'id'>>,
  ): void;
  /** Removes a document; removing what is absent is no error. */
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
 * is unchanged; documents that would newly match a query are not seen by the check.
 */
export interface Transaction extends DocumentReader, DocumentWriter {
  /** Calls `effect` once after the commit has succeeded; it is not called for runs that are repeated. */
  onCommit(effect: () => void): void;
}

/**
 * Writes everything as of one moment into a new file at `path`, beside whoever writes on. The file
 * opens as a store of the same engine.
 */
export type Snapshot = (path: string) => Promise<void>;

/**
 * Documents in collections under a user, and a few global collections: the model of Firestore,
 * which both ends (a file on one machine, a cloud database) can keep.
 */
export interface DocumentStore extends DocumentReader {
  /** What happens in this process: the events of committed transactions, and those of others. */
  readonly events: EventBus<DomainEvents>;
  /**
   * Runs `fn` and commits what it wrote, atomically. Where somebody else has changed what `fn`
   * read, `fn` runs again (at most 5 times, then `conflict`), so it must have no effects of its own;
   * those go to `onCommit`. At most 500 documents are written, 10 MB in all: Firestore takes no more.
   */
  transact<R>(fn: (tx: Transaction) => Promise<R> | R): Promise<R>;
  /** Ids of all users that own at least one document, for recovery and maintenance. */
  listOwners(): Promise<string[]>;
  /** Deletes every document of a user's collections. */
  deleteOwner(owner: string): Promise<void>;
  /**
   * Every document of a user (of the global collections for `GLOBAL`), collection by collection, each
   * in the order of the ids as bytes of UTF-8.
   */
  exportOwner(owner: string): AsyncIterable<{ collection: string; document: { id: string } }>;
  /** Null where the engine is no file of ours and is backed up with its own tools. */
  readonly snapshot: Snapshot | null;
  /** Throws where the store cannot be read or written. */
  check(): Promise<void>;
  close(): Promise<void>;
}
