import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import type { AnyCollection } from '../../../model/collection.ts';

const NAME = /^[a-z][a-z0-9_]*$/i;

/** An index of a table. Its name contains a hash of its definition, so that a changed index is a new one. */
export interface TableIndex {
  name: string;
  sql: string;
}

interface QueryIndexes {
  /** Index in the query's order, followed by the filters, so that they are tested without the body. */
  ordered: string;
  /** By filter field: index that begins with that field. */
  byFilter: Map<string, string>;
}

/**
 * The table of one collection and the indexes that its declared queries need. Each query has one index
 * in its order. A filter on a text field (an id or a name, so selective) has an index that begins with
 * it and leaves out documents in which it is null. Filters on flags and enums are tested on the index in order, which keeps writes cheap.
 */
export class CollectionTable {
  readonly definition: AnyCollection;
  /** Quoted name. */
  readonly table: string;
  readonly createSql: string;
  readonly indexes: TableIndex[] = [];
  readonly #fieldSql = new Map<string, string>();
  readonly #queryIndexes = new Map<string, QueryIndexes>();

  constructor(definition: AnyCollection) {
    this.definition = definition;
    if (!NAME.test(definition.name)) {
      throw new AppError('internal', `"${definition.name}" is not a name for a collection.`);
    }
    this.table = `"${definition.name}"`;
    this.createSql = `CREATE TABLE IF NOT EXISTS ${this.table} (
      owner TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (owner, id)) STRICT`;
    for (const [name, query] of Object.entries(definition.queries)) {
      const fields = this.#filtersInOrderOf(query.orderBy);
      const selective = Object.keys(query.filters).filter((field) => this.#isText(field));
      this.#queryIndexes.set(name, {
        ordered: this.#addIndex(undefined, query.orderBy, query.direction, fields),
        byFilter: new Map(
          selective.map((field) => [
            field,
            this.#addIndex(field, query.orderBy, query.direction, fields),
          ]),
        ),
      });
    }
  }

  /** Returns the name of the index for `query` if the fields of `pinned` have one given value, not null. */
  indexFor(query: string, pinned: readonly string[]): string | undefined {
    const indexes = this.#queryIndexes.get(query);
    for (const field of pinned) {
      const index = indexes?.byFilter.get(field);
      if (index !== undefined) return index;
    }
    return indexes?.ordered;
  }

  /**
   * Returns the SQL of a field's value. If the stored body is older than the field, the schema's
   * default counts, as when the document is read.
   */
  field(field: string): string {
    let sql = this.#fieldSql.get(field);
    if (sql === undefined) {
      sql = this.#makeFieldSql(field);
      this.#fieldSql.set(field, sql);
    }
    return sql;
  }

  #makeFieldSql(field: string): string {
    if (!NAME.test(field)) throw new AppError('internal', `"${field}" cannot be queried.`);
    if (field === 'id') return 'id';
    const path = `'$.${field}'`;
    const value = `json_extract(body, ${path})`;
    const literal = this.#defaultLiteral(field);
    if (literal === undefined) return value;
    return `CASE WHEN json_type(body, ${path}) IS NULL THEN ${literal} ELSE ${value} END`;
  }

  /** Returns the filters of all queries that are ordered by a field: they share its index. */
  #filtersInOrderOf(orderBy: string): string[] {
    const queries = Object.values(this.definition.queries);
    const fields = queries
      .filter((query) => query.orderBy === orderBy)
      .flatMap((query) => Object.keys(query.filters));
    return [...new Set(fields)];
  }

  #addIndex(
    lead: string | undefined,
    orderBy: string,
    direction: 'asc' | 'desc',
    filters: readonly string[],
  ): string {
    const rest = filters.filter((field) => field !== lead && field !== orderBy).sort();
    // Documents without a value are not in the index of that value, so that their changes do not touch it.
    const only =
      lead !== undefined && this.#mayBeNull(lead) ? `${this.field(lead)} IS NOT NULL` : null;
    const fields = [lead, orderBy, ...rest].map((field) => field && this.field(field));
    const parts = [...fields, ...(only === null ? [] : [only])].join('|');
    const hash = createHash('sha256').update(parts).digest('hex').slice(0, 12);
    const name = `${this.definition.name}_${lead ?? 'by'}_${orderBy}_${hash}`;
    if (!this.indexes.some((index) => index.name === name)) {
      const columns = [
        'owner',
        ...(lead === undefined ? [] : [this.field(lead)]),
        `${this.field(orderBy)} ${direction.toUpperCase()}`,
        ...(orderBy === 'id' ? [] : ['id']),
        ...rest.map((field) => this.field(field)),
      ];
      this.indexes.push({
        name,
        sql: `CREATE INDEX IF NOT EXISTS "${name}" ON ${this.table} (${columns.join(', ')})${
          only === null ? '' : ` WHERE ${only}`
        }`,
      });
    }
    return name;
  }

  #mayBeNull(field: string): boolean {
    const schema = this.#fieldSchema(field);
    return schema === undefined || schema.safeParse(null).success;
  }

  #fieldSchema(field: string): z.ZodType | undefined {
    const { schema } = this.definition;
    return schema instanceof z.ZodObject ? (schema.shape[field] as z.ZodType) : undefined;
  }

  /** Returns true for text, and for schemas of unknown type. */
  #isText(field: string): boolean {
    let schema: unknown = this.#fieldSchema(field);
    while (
      schema instanceof z.ZodNullable ||
      schema instanceof z.ZodOptional ||
      schema instanceof z.ZodDefault
    ) {
      schema = schema.unwrap();
    }
    return !(schema instanceof z.ZodType) || schema.type === 'string';
  }

  #defaultLiteral(field: string): string | undefined {
    const parsed = this.#fieldSchema(field)?.safeParse(undefined);
    if (!parsed?.success) return undefined;
    const value = parsed.data;
    if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
    if (typeof value === 'number') return String(value);
    if (typeof value === 'boolean') return value ? '1' : '0';
    return undefined;
  }
}
