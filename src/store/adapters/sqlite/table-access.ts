import { AppError } from '../../../kernel/errors.ts';
import type { SqliteDatabase, SqliteStatement } from '../../../kernel/sqlite/sqlite-database.ts';
import {
  type AnyCollection,
  type CollectionDefinition,
  type CollectionScope,
  GLOBAL,
} from '../../../model/collection.ts';
import type { Page } from '../../document-store.ts';
import { type AnyQueryRequest, encodeCursor, type Position } from '../../query-request.ts';
import { CollectionTable } from './collection-table.ts';
import { DocumentCache } from './document-cache.ts';
import {
  copyPlain,
  decodeDocument,
  encodeDocument,
  encodePatched,
  mended,
} from './document-codec.ts';
import { compileQuery, type SqlValue } from './query-sql.ts';

/** A document as it is stored. */
export interface StoredRow {
  id: string;
  version: number;
  body: string;
}

interface QueryRow extends StoredRow {
  position: string | number | null;
}

/** A document that was read, and its version. */
export interface VersionedDocument<T> {
  version: number;
  document: T;
}

/** One write of a transaction; `body` is the JSON of `document`, which nobody changes any more. */
export type Write =
  | {
      kind: 'create' | 'put';
      collection: AnyCollection;
      owner: string;
      id: string;
      document: object;
      body: string;
    }
  | {
      kind: 'patch';
      collection: AnyCollection;
      owner: string;
      id: string;
      fields: Record<string, unknown>;
    }
  | { kind: 'delete'; collection: AnyCollection; owner: string; id: string };

/** Synchronous access to the rows of all collections; statements are prepared once. */
export class TableAccess {
  readonly #db: SqliteDatabase;
  readonly #tables: ReadonlyMap<string, CollectionTable>;
  readonly #cache = new DocumentCache();
  readonly #statements = new Map<string, SqliteStatement<SqlValue[], unknown>>();

  constructor(db: SqliteDatabase, tables: ReadonlyMap<string, CollectionTable>) {
    this.#db = db;
    this.#tables = tables;
  }

  /** Returns the tables for a list of collections, by name. */
  static tablesOf(collections: readonly AnyCollection[]): Map<string, CollectionTable> {
    return new Map(
      collections.map((definition) => [definition.name, new CollectionTable(definition)]),
    );
  }

  /** Returns a document, which the caller may change, and its version. */
  find<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    owner: string,
    id: string,
  ): VersionedDocument<T> | undefined {
    const key = documentKey(collection, owner, id);
    if (this.#cache.has(key)) {
      const version = this.version(collection, owner, id);
      if (version === undefined) return undefined;
      const known = this.#cache.find(key, collection, version);
      // It was checked by this collection's schema when it was read or written.
      if (known) return { version, document: copyPlain(known) as T };
    }
    const row = this.#row(collection, owner, id);
    if (!row) return undefined;
    const document = decodeDocument(collection, row.body);
    this.#cache.keep(key, collection, row.version, copyPlain(document), row.body.length);
    return { version: row.version, document };
  }

  #row(collection: AnyCollection, owner: string, id: string): StoredRow | undefined {
    const { table } = this.table(collection, owner);
    const sql = `SELECT id, version, body FROM ${table} WHERE owner = ? AND id = ?`;
    return this.statement(sql).get(owner, id) as StoredRow | undefined;
  }

  version(collection: AnyCollection, owner: string, id: string): number | undefined {
    const { table } = this.table(collection, owner);
    const sql = `SELECT version FROM ${table} WHERE owner = ? AND id = ?`;
    const row = this.statement(sql).get(owner, id) as { version: number } | undefined;
    return row?.version;
  }

  page(collection: AnyCollection, owner: string, request: AnyQueryRequest): Page<StoredRow> {
    const table = this.table(collection, owner);
    const rows: QueryRow[] = [];
    for (const { sql, values } of compileQuery(table, owner, request)) {
      const wanted = request.limit + 1 - rows.length;
      if (wanted > 0) {
        rows.push(...(this.statement(sql).all(...values.map(mended), wanted) as QueryRow[]));
      }
    }
    if (rows.length <= request.limit) return { items: rows, nextCursor: undefined };
    rows.length = request.limit;
    const last = rows[request.limit - 1];
    const position: Position | undefined = last && [last.position, last.id];
    return { items: rows, nextCursor: position && encodeCursor(position) };
  }

  /**
   * Applies one write.
   *
   * @param readVersion version of the document, if this commit has looked at it since its last write
   * @throws AppError `already-exists`, `not-found`, `internal` if it does not fit the schema
   */
  apply(write: Write, readVersion?: number): void {
    const { table } = this.table(write.collection, write.owner);
    const { owner, id } = write;
    if (write.kind === 'delete') {
      this.statement(`DELETE FROM ${table} WHERE owner = ? AND id = ?`).run(owner, id);
      this.#cache.drop(documentKey(write.collection, owner, id));
      return;
    }
    if (write.kind === 'patch') {
      this.#patch(write, table, readVersion);
      return;
    }
    const onConflict =
      write.kind === 'put'
        ? 'UPDATE SET version = excluded.version, body = excluded.body'
        : 'NOTHING';
    const sql = `INSERT INTO ${table} (owner, id, version, body) VALUES (?, ?, ?, ?)
      ON CONFLICT DO ${onConflict}`;
    const version = newVersion();
    const { changes } = this.statement(sql).run(owner, id, version, write.body);
    if (changes === 0) {
      const message = `${write.collection.name} has a document with that id already.`;
      throw new AppError('already-exists', message);
    }
    this.#cache.keep(
      documentKey(write.collection, owner, id),
      write.collection,
      version,
      write.document,
      write.body.length,
    );
  }

  #patch(
    { collection, owner, id, fields }: Extract<Write, { kind: 'patch' }>,
    table: string,
    readVersion: number | undefined,
  ): void {
    const stored = readVersion ?? this.version(collection, owner, id);
    if (stored === undefined) {
      throw new AppError(
        'not-found',
        `The document to change does not exist in ${collection.name}.`,
      );
    }
    const key = documentKey(collection, owner, id);
    const known = this.#cache.find(key, collection, stored);
    const { document, body } = known
      ? encodePatched(collection, known, fields)
      : encodeDocument(collection, { ...this.#bodyOf(collection, owner, id), ...fields });
    const version = newVersion();
    const sql = `UPDATE ${table} SET version = ?, body = ? WHERE owner = ? AND id = ?`;
    this.statement(sql).run(version, body, owner, id);
    this.#cache.keep(key, collection, version, document, body.length);
  }

  /** A stored document as it stands, which need not fit its schema: the change may mend it. */
  #bodyOf(collection: AnyCollection, owner: string, id: string): object {
    return JSON.parse(this.#row(collection, owner, id)?.body ?? '{}') as object;
  }

  /** Forgets what it remembers of documents: a user's data is removed. */
  forgetDocuments(): void {
    this.#cache.clear();
  }

  /** Returns the collection's table. @throws AppError `internal` if such an owner cannot have documents */
  table(collection: AnyCollection, owner: string): CollectionTable {
    const table = this.#tables.get(collection.name);
    if (!table) {
      throw new AppError('internal', `The store was opened without collection ${collection.name}.`);
    }
    if ((collection.scope === 'global') !== (owner === GLOBAL)) {
      const wanted = collection.scope === 'global' ? 'has no owner' : 'needs an owner';
      throw new AppError('internal', `Collection ${collection.name} ${wanted}.`);
    }
    return table;
  }

  /** Returns the tables of collections that belong to users, or of the global ones. */
  *tablesIn(scope: CollectionScope): Generator<CollectionTable> {
    for (const table of this.#tables.values()) {
      if (table.definition.scope === scope) yield table;
    }
  }

  statement(sql: string): SqliteStatement<SqlValue[], unknown> {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare<SqlValue[], unknown>(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** Key of a document within a store. */
export function documentKey(collection: { name: string }, owner: string, id: string): string {
  return `${collection.name}/${owner}/${id}`;
}

/** Random, so that a document that is deleted and created again has another version, in any process. */
function newVersion(): number {
  return Math.floor(Math.random() * 2 ** 48);
}
