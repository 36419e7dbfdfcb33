import { type AnyQueryRequest, type CheckedFilter, checkRequest } from '../../query-request.ts';
import type { CollectionTable } from './collection-table.ts';

/** A value that SQLite accepts. */
export type SqlValue = string | number | null;

export interface SqlQuery {
  sql: string;
  values: SqlValue[];
}

/**
 * Returns the statements for a request, in the order of their rows: documents with a value in the order
 * field, then those with null (which no bound includes). Each takes one more value at the end: the
 * number of rows. Rows are `{ id, version, body, position }`.
 */
export function compileQuery(
  table: CollectionTable,
  owner: string,
  request: AnyQueryRequest,
): SqlQuery[] {
  const { shape, filters, position } = checkRequest(table.definition, request);
  const where = ['owner = ?'];
  const values: SqlValue[] = [owner];
  const pinned: string[] = [];
  for (const filter of filters) {
    const given = filter.values.map(toSqlValue);
    if (given.length === 0) return [];
    if (given.length === 1 && given[0] !== null) pinned.push(filter.field);
    where.push(anyOf(table.field(filter.field), given, values));
  }
  const order = table.field(shape.orderBy);
  const index = table.indexFor(request.query, pinned);
  const select = `SELECT id, version, body, ${order} AS position FROM ${table.table} INDEXED BY "${index}" WHERE `;
  const statements: SqlQuery[] = [];

  if (position === undefined || position[0] !== null) {
    const conditions = [...where, `${order} IS NOT NULL`];
    const all = [...values];
    const [first, last] = shape.direction === 'asc' ? ['>=', '>'] : ['<=', '<'];
    if (request.from !== undefined) conditions.push(`${order} >= ?`) && all.push(request.from);
    if (request.to !== undefined) conditions.push(`${order} <= ?`) && all.push(request.to);
    if (position !== undefined) {
      conditions.push(`${order} ${first} ?`, `(${order} ${last} ? OR id > ?)`);
      all.push(position[0], position[0], position[1]);
    }
    const sql = `${select}${conditions.join(' AND ')} ORDER BY ${order} ${shape.direction}, id ASC LIMIT ?`;
    statements.push({ sql, values: all });
  }
  if (request.from === undefined && request.to === undefined) {
    const after = position?.[0] === null ? ' AND id > ?' : '';
    const sql = `${select}${where.join(' AND ')} AND ${order} IS NULL${after} ORDER BY id ASC LIMIT ?`;
    statements.push({ sql, values: after && position ? [...values, position[1]] : values });
  }
  return statements;
}

/** `json_extract` returns JSON's booleans as 1 and 0. */
function toSqlValue(value: CheckedFilter['values'][number]): SqlValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

function anyOf(expression: string, given: readonly SqlValue[], values: SqlValue[]): string {
  const present = given.filter((value) => value !== null);
  values.push(...present);
  const conditions: string[] = [];
  if (present.length === 1) conditions.push(`${expression} = ?`);
  if (present.length > 1) {
    conditions.push(`${expression} IN (${present.map(() => '?').join(', ')})`);
  }
  if (present.length < given.length) conditions.push(`${expression} IS NULL`);
  return conditions.length === 1 ? conditions.join() : `(${conditions.join(' OR ')})`;
}
