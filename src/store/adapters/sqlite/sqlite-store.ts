import { writeFile } from 'node:fs/promises';
import { AppError } from '../../../kernel/errors.ts';
import type { EventBus } from '../../../kernel/event-bus.ts';
import type { Logger } from '../../../kernel/logger.ts';
import type { SqliteDatabase } from '../../../kernel/sqlite/sqlite-database.ts';
import {
  type AnyCollection,
  type CollectionDefinition,
  GLOBAL,
} from '../../../model/collection.ts';
import type { DomainEvents } from '../../../model/domain-events.ts';
import type {
  DocumentStore,
  Page,
  QueryRequest,
  Snapshot,
  Transaction,
} from '../../document-store.ts';
import { KeyedTurns } from '../../keyed-turns.ts';
import type { AnyQueryRequest } from '../../query-request.ts';
import { createStoreEvents } from '../../store-events.ts';
import { BufferedTransaction } from './buffered-transaction.ts';
import { Checkpointer } from './checkpointer.ts';
import { CommitQueue, storageError } from './commit-queue.ts';
import { openDatabaseFile } from './database-file.ts';
import { decodeDocument } from './document-codec.ts';
import { type StoredRow, TableAccess } from './table-access.ts';

/** A transaction's function runs again at most this often after conflicts. */
const RERUN_LIMIT = 5;
/** Documents that are deleted or exported at once, so that a large user does not block the event loop. */
const BULK_SIZE = 500;

export interface SqliteStoreOptions {
  /** Path of the database file; its folder is created if it is missing. */
  path: string;
  /** Every collection that will be used. */
  collections: readonly AnyCollection[];
  /** What a commit survives: the death of the process, or also the loss of power (fsync). */
  durability: 'process' | 'power';
  logger: Logger;
  /**
   * For tests: called before each commit with the number of the run (from 1). If it returns
   * `conflict`, the function runs again, as if the documents that it read had changed.
   */
  beforeCommit?: (run: number) => 'conflict' | undefined;
}

/** Opens the document store in an SQLite file; other processes may have the same file open. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<DocumentStore> {
  const tables = TableAccess.tablesOf(options.collections);
  const db = openDatabaseFile(options.path, tables.values(), options.durability);
  return new SqliteStore(db, new TableAccess(db, tables), options);
}

class SqliteStore implements DocumentStore {
  readonly events: EventBus<DomainEvents>;
  readonly #db: SqliteDatabase;
  readonly #tables: TableAccess;
  readonly #queue: CommitQueue;
  readonly #checkpointer: Checkpointer;
  readonly #turns = new KeyedTurns();
  readonly #logger: Logger;
  readonly #beforeCommit: SqliteStoreOptions['beforeCommit'];
  readonly #running = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(db: SqliteDatabase, tables: TableAccess, options: SqliteStoreOptions) {
    this.#db = db;
    this.#tables = tables;
    this.#queue = new CommitQueue(db);
    this.#checkpointer = new Checkpointer(options.path, db, options.logger);
    this.#logger = options.logger;
    this.events = createStoreEvents(options.logger);
    this.#beforeCommit = options.beforeCommit;
  }

  async find<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    id: string,
  ): Promise<T | undefined> {
    return this.#read(() => this.#tables.find(collection, owner, id))?.document;
  }

  async findMany<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    ids: readonly string[],
  ): Promise<T[]> {
    return this.#read(() =>
      ids.flatMap((id) => this.#tables.find(collection, owner, id)?.document ?? []),
    );
  }

  async query<T extends { id: string }, Q extends string>(
    collection: CollectionDefinition<T, Q>,
    owner: string,
    request: QueryRequest<T, Q>,
  ): Promise<Page<T>> {
    const page = this.#read(() => this.#tables.page(collection, owner, request as AnyQueryRequest));
    return {
      items: page.items.map(({ body }) => decodeDocument(collection, body)),
      nextCursor: page.nextCursor,
    };
  }

  transact<R>(fn: (tx: Transaction) => Promise<R> | R): Promise<R> {
    if (this.#closing) return Promise.reject(closedError());
    const running = this.#transact(fn).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }

  async #transact<R>(fn: (tx: Transaction) => Promise<R> | R): Promise<R> {
    let outcome = await this.#attempt(fn, 1);
    for (let run = 2; 'conflictOn' in outcome; run += 1) {
      if (run > RERUN_LIMIT + 1) {
        throw new AppError(
          'conflict',
          `Transaction conflict: gave up after ${RERUN_LIMIT + 1} attempts.`,
        );
      }
      // Transactions that conflict over one document run again one after the other, so that each succeeds.
      outcome = await this.#turns.run(outcome.conflictOn, () => this.#attempt(fn, run));
    }
    return outcome.result;
  }

  async #attempt<R>(
    fn: (tx: Transaction) => Promise<R> | R,
    run: number,
  ): Promise<{ result: R } | { conflictOn: string }> {
    const tx = new BufferedTransaction(this.#tables, this.events);
    let result: R;
    try {
      result = await fn(tx);
    } finally {
      tx.end();
    }
    if (this.#beforeCommit?.(run) === 'conflict') return { conflictOn: '' };
    if (!tx.isEmpty) {
      let stale: string | undefined;
      await this.#queue.submit(() => {
        stale = tx.findStale();
        if (stale === undefined) tx.apply();
      });
      if (stale !== undefined) return { conflictOn: stale };
    }
    for (const effect of tx.effects) this.#runEffect(effect);
    return { result };
  }

  /** An effect that throws does not undo the commit. */
  #runEffect(effect: () => void): void {
    try {
      effect();
    } catch (error) {
      this.#logger.error({ err: error }, 'after-commit effect failed');
    }
  }

  async listOwners(): Promise<string[]> {
    const owners = new Set<string>();
    for (const { table } of this.#tables.tablesIn('user')) {
      // Jumps from owner to owner along the primary key instead of reading all of it.
      const sql = `WITH RECURSIVE owners(owner) AS (SELECT min(owner) FROM ${table} UNION ALL
        SELECT (SELECT min(owner) FROM ${table} WHERE owner > owners.owner) FROM owners
        WHERE owners.owner IS NOT NULL) SELECT owner FROM owners WHERE owner IS NOT NULL`;
      const rows = this.#read(() => this.#tables.statement(sql).all()) as { owner: string }[];
      for (const { owner } of rows) owners.add(owner);
    }
    return [...owners].sort();
  }

  async deleteOwner(owner: string): Promise<void> {
    let left = true;
    while (left) {
      left = false;
      for (const { table } of this.#tables.tablesIn('user')) {
        const sql = `DELETE FROM ${table} WHERE rowid IN
          (SELECT rowid FROM ${table} WHERE owner = ? LIMIT ${BULK_SIZE})`;
        this.#assertOpen();
        await this.#queue.submit(() => {
          if (this.#tables.statement(sql).run(owner).changes > 0) left = true;
        });
      }
    }
    this.#tables.forgetDocuments();
  }

  async *exportOwner(
    owner: string,
  ): AsyncGenerator<{ collection: string; document: { id: string } }> {
    for (const { table, definition } of this.#tables.tablesIn(
      owner === GLOBAL ? 'global' : 'user',
    )) {
      const sql = `SELECT id, version, body FROM ${table} WHERE owner = ? AND id > ?
        ORDER BY id LIMIT ${BULK_SIZE}`;
      let rows: StoredRow[];
      let after = '';
      do {
        rows = this.#read(() => this.#tables.statement(sql).all(owner, after)) as StoredRow[];
        for (const row of rows) {
          yield { collection: definition.name, document: decodeDocument(definition, row.body) };
          after = row.id;
        }
      } while (rows.length === BULK_SIZE);
    }
  }

  readonly snapshot: Snapshot = async (path) => {
    this.#assertOpen();
    // Created with its permissions first, so that other users can never read it; SQLite accepts an empty file.
    await writeFile(path, '', { flag: 'wx', mode: 0o600 });
    // One read transaction, which in WAL mode blocks no writer; the new file has no log.
    this.#db.prepare('VACUUM INTO ?').run(path);
  };

  async check(): Promise<void> {
    const sql = `INSERT INTO _meta (key, value) VALUES ('checkedAt', ?)
      ON CONFLICT DO UPDATE SET value = excluded.value`;
    this.#assertOpen();
    await this.#queue.submit(() => {
      this.#tables.statement(sql).run(String(Date.now()));
    });
    for (const { table } of this.#tables.tablesIn('user')) {
      this.#read(() => this.#tables.statement(`SELECT body FROM ${table} LIMIT 1`).get());
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Transactions that have begun are committed; new ones are refused.
    await Promise.allSettled(this.#running);
    await this.#queue.drain();
    await this.#checkpointer.close();
    try {
      // Busy if another process reads or writes; its checkpoints then move the rest.
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      this.#db.close();
    }
  }

  #read<R>(read: () => R): R {
    this.#assertOpen();
    try {
      return read();
    } catch (error) {
      throw storageError(error);
    }
  }

  #assertOpen(): void {
    if (this.#closing) throw closedError();
  }
}

function closedError(): AppError {
  return new AppError('aborted', 'The document store is closed.');
}
