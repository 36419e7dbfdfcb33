import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import type { CollectionTable } from './collection-table.ts';

/** A value as SQLite takes it. */
export type SqlValue = string | number | null;

export interface SqlQuery {
  sql: string;
  values: SqlValue[];
}

/** Where a page ended: the value of the order field (null among the last) and the id. */
export type Position = [string | number | null, string];

/** A request as the port has it, without its types. */
export interface AnyQueryRequest {
  query: string;
  filters?: Record<string, unknown> | undefined;
  from?: string | number;
  to?: string | number;
  limit: number;
  cursor?: string | undefined;
}

const IN_LIMIT = 30;
const positionSchema = z.tuple([z.union([z.string(), z.number(), z.null()]), z.string()]);

export function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws AppError `bad-request` where the cursor is not one of ours */
export function decodeCursor(cursor: string): Position {
  try {
    return positionSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new AppError('bad-request', 'The cursor is not valid.', { cause });
  }
}

/**
 * The statements that answer a request, in the order in which their rows are listed: documents whose
 * order field has a value, then those where it is null (which no bound includes). Each takes one
 * more value at the end: the number of rows. Rows are `{ id, version, body, position }`.
 */
export function compileQuery(
  table: CollectionTable,
  owner: string,
  request: AnyQueryRequest,
): SqlQuery[] {
  const { name, queries } = table.definition;
  const shape = Object.hasOwn(queries, request.query) ? queries[request.query] : undefined;
  if (!shape) {
    throw new AppError('internal', `Collection ${name} declares no query "${request.query}".`);
  }
  if (!Number.isInteger(request.limit) || request.limit < 1 || request.limit > 1000) {
    throw new AppError('bad-request', 'The limit has to be between 1 and 1000.');
  }
  const where = ['owner = ?'];
  const values: SqlValue[] = [owner];
  const pinned: string[] = [];
  for (const [field, value] of Object.entries(request.filters ?? {})) {
    if (value === undefined) continue;
    const kind = Object.hasOwn(shape.filters, field) ? shape.filters[field] : undefined;
    if (kind === undefined) {
      throw new AppError('internal', `Query ${name}.${request.query} has no filter "${field}".`);
    }
    if (Array.isArray(value)) {
      if (kind !== 'in' || value.length > IN_LIMIT) {
        const allowed = kind === 'in' ? `at most ${IN_LIMIT} values` : 'one value';
        throw new AppError(
          'internal',
          `Filter "${field}" of ${name}.${request.query} takes ${allowed}.`,
        );
      }
      const given = value.map(toSqlValue);
      if (given.length === 0) return [];
      if (given.length === 1) pinned.push(field);
      where.push(anyOf(table.field(field), given, values));
    } else {
      pinned.push(field);
      where.push(anyOf(table.field(field), [toSqlValue(value)], values));
    }
  }
  const order = table.field(shape.orderBy);
  const position = request.cursor === undefined ? undefined : decodeCursor(request.cursor);
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

/** JSON's booleans are 1 and 0 once extracted. */
function toSqlValue(value: unknown): SqlValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  throw new AppError('internal', 'A filter takes text, a number, true, false or null.');
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
