import { AppError } from '../../../kernel/errors.ts';
import type { SqliteDatabase, SqliteStatement } from '../../../kernel/sqlite/sqlite-database.ts';
import type { AnyCollection, CollectionDefinition } from '../../../model/collection.ts';
import { type CollectionScope, GLOBAL } from '../../../model/collection.ts';
import type { Page } from '../../document-store.ts';
import { type AnyQueryRequest, encodeCursor, type Position } from '../../query-request.ts';
import { CollectionTable } from './collection-table.ts';
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

/** One write of a transaction; `body` is JSON. */
export type Write =
  | { kind: 'create' | 'put'; collection: AnyCollection; owner: string; id: string; body: string }
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

  row(collection: AnyCollection, owner: string, id: string): StoredRow | undefined {
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
   * @throws AppError `already-exists`, `not-found`, `internal` if it does not fit the schema
   */
  apply(write: Write): void {
    const { table } = this.table(write.collection, write.owner);
    const { owner, id } = write;
    if (write.kind === 'delete') {
      this.statement(`DELETE FROM ${table} WHERE owner = ? AND id = ?`).run(owner, id);
      return;
    }
    if (write.kind === 'patch') {
      const current = this.row(write.collection, owner, id);
      if (!current) {
        const message = `The document to change does not exist in ${write.collection.name}.`;
        throw new AppError('not-found', message);
      }
      const document = { ...(JSON.parse(current.body) as object), ...write.fields };
      const sql = `UPDATE ${table} SET version = ?, body = ? WHERE owner = ? AND id = ?`;
      const body = encodeDocument(write.collection, document);
      this.statement(sql).run(newVersion(), body, owner, id);
      return;
    }
    const onConflict =
      write.kind === 'put'
        ? 'UPDATE SET version = excluded.version, body = excluded.body'
        : 'NOTHING';
    const sql = `INSERT INTO ${table} (owner, id, version, body) VALUES (?, ?, ?, ?)
      ON CONFLICT DO ${onConflict}`;
    const { changes } = this.statement(sql).run(owner, id, newVersion(), write.body);
    if (changes === 0) {
      const message = `${write.collection.name} has a document with that id already.`;
      throw new AppError('already-exists', message);
    }
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

/** Random, so that a document that is deleted and created again has another version, in any process. */
function newVersion(): number {
  return Math.floor(Math.random() * 2 ** 48);
}

/** Returns the JSON of a document. @throws AppError `internal` if it does not fit its schema */
export function encodeDocument(collection: AnyCollection, document: unknown): string {
  const parsed = collection.schema.safeParse(document);
  if (parsed.success) {
    const json = JSON.stringify(parsed.data);
    // Half of a surrogate pair, which the drivers of SQLite would read in different ways.
    return json.includes('\\ud') ? JSON.stringify(parsed.data, (_, value) => mended(value)) : json;
  }
  throw mismatch('A document to write', collection, parsed.error.issues);
}

/** Returns a text with U+FFFD for each half of a surrogate pair; other values as they are. */
function mended<T>(value: T): T | string {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

/** Returns the document of a stored row, without unknown fields and with defaults. */
export function decodeDocument<T extends { id: string }>(
  collection: Pick<CollectionDefinition<T>, 'name' | 'schema'>,
  row: StoredRow,
): T {
  const parsed = collection.schema.safeParse(JSON.parse(row.body));
  if (parsed.success) return parsed.data;
  throw mismatch('A stored document', collection, parsed.error.issues);
}

/** The message names fields and rules only: values may be user data. */
function mismatch(
  what: string,
  collection: { name: string },
  issues: readonly { path: PropertyKey[]; code?: string | undefined }[],
): AppError {
  const fields = issues.slice(0, 5).map((issue) => `${issue.path.join('.')} (${issue.code ?? ''})`);
  return new AppError(
    'internal',
    `${what} of ${collection.name} does not fit its schema: ${fields.join(', ')}.`,
  );
}
