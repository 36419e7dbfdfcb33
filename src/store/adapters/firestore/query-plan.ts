import {
  type CollectionReference,
  FieldPath,
  type Query,
  Timestamp,
} from '@google-cloud/firestore';
import { AppError } from '../../../kernel/errors.ts';
import { decodeCursor, type Position } from './cursor.ts';
import { isTimestamp, schemaOf } from './field-codec.ts';
import type { Layout } from './layout.ts';

/** A request as the port has it, without its types. */
export interface AnyQueryRequest {
  query: string;
  filters?: Record<string, unknown> | undefined;
  from?: string | number;
  to?: string | number;
  limit: number;
  cursor?: string | undefined;
}

/** The queries that answer a request one after the other, and what is left to test of each document. */
export interface QueryPlan {
  phases: Query[];
  /** Stored name of the field that orders; undefined where the id does. */
  orderField: string | undefined;
  /** True for a document that passes the filters that Firestore cannot test. */
  accepts(document: Record<string, unknown>): boolean;
}

const IN_LIMIT = 30;

/** Plans a request. @throws AppError `internal` for what is not declared, `bad-request` for limit and cursor */
export function planQuery(
  collection: CollectionReference,
  layout: Layout,
  request: AnyQueryRequest,
): QueryPlan {
  const { name, queries, schema } = layout.definition;
  const shape = Object.hasOwn(queries, request.query) ? queries[request.query] : undefined;
  if (!shape) {
    throw new AppError('internal', `Collection ${name} declares no query "${request.query}".`);
  }
  if (!Number.isInteger(request.limit) || request.limit < 1 || request.limit > 1000) {
    throw new AppError('bad-request', 'The limit has to be between 1 and 1000.');
  }
  const cursor = request.cursor === undefined ? undefined : decodeCursor(request.cursor);
  const tests: ((document: Record<string, unknown>) => boolean)[] = [];
  let filtered: Query = collection;
  for (const [field, value] of Object.entries(request.filters ?? {})) {
    if (value === undefined) continue;
    const kind = Object.hasOwn(shape.filters, field) ? shape.filters[field] : undefined;
    if (kind === undefined) {
      throw new AppError('internal', `Query ${name}.${request.query} has no filter "${field}".`);
    }
    const given = (Array.isArray(value) ? value : [value]).map(wellFormed);
    if (Array.isArray(value) && (kind !== 'in' || value.length > IN_LIMIT)) {
      const allowed = kind === 'in' ? `at most ${IN_LIMIT} values` : 'one value';
      throw new AppError(
        'internal',
        `Filter "${field}" of ${name}.${request.query} takes ${allowed}.`,
      );
    }
    if (given.length === 0) return { phases: [], orderField: undefined, accepts: () => false };
    const [only] = given;
    // Firestore's filters pass over a document without the field, so where missing is among what is
    // asked for, the documents are tested here. The same goes for null in a list.
    const absent = layout.absentValue(field);
    if (
      (absent !== undefined && given.includes(absent)) ||
      (given.length > 1 && given.includes(null))
    ) {
      tests.push((document) => given.includes(document[field] ?? null));
    } else if (given.length === 1) {
      filtered = filtered.where(layout.field(field), '==', only);
    } else {
      filtered = filtered.where(layout.field(field), 'in', given);
    }
  }
  const accepts = (document: Record<string, unknown>): boolean =>
    tests.every((test) => test(document));
  const byId = FieldPath.documentId();
  if (shape.orderBy === 'id') {
    return {
      phases: [byIdAlone(filtered, shape.direction, request, cursor)],
      orderField: undefined,
      accepts,
    };
  }
  const order = layout.field(shape.orderBy);
  const orderSchema = schemaOf(schema, shape.orderBy);
  const phases: Query[] = [];
  const toValue = (bound: string | number): unknown =>
    typeof bound === 'number' && isTimestamp(orderSchema) ? Timestamp.fromMillis(bound) : bound;
  const isNullable = orderSchema === undefined || orderSchema.safeParse(null).success;
  if (cursor === undefined || cursor.value !== null) {
    let query = filtered;
    if (request.from !== undefined) query = query.where(order, '>=', toValue(request.from));
    // Inclusive: a time within the millisecond of the bound is not beyond it.
    if (request.to !== undefined) query = query.where(order, '<=', lastOf(toValue(request.to)));
    if (isNullable && request.from === undefined && request.to === undefined) {
      query = query.where(order, '!=', null);
    }
    query = query.orderBy(order, shape.direction).orderBy(byId, 'asc');
    if (cursor) query = query.startAfter(cursor.value, cursor.segment);
    phases.push(query);
  }
  if (isNullable && request.from === undefined && request.to === undefined) {
    const query = filtered.where(order, '==', null).orderBy(byId, 'asc');
    phases.push(cursor?.value === null ? query.startAfter(cursor.segment) : query);
  }
  return { phases, orderField: order, accepts };
}

function byIdAlone(
  query: Query,
  direction: 'asc' | 'desc',
  request: AnyQueryRequest,
  cursor: Position | undefined,
): Query {
  const id = FieldPath.documentId();
  let bounded = query;
  if (request.from !== undefined) bounded = bounded.where(id, '>=', String(request.from));
  if (request.to !== undefined) bounded = bounded.where(id, '<=', String(request.to));
  const ordered = bounded.orderBy(id, direction);
  return cursor ? ordered.startAfter(cursor.segment) : ordered;
}

function lastOf(value: unknown): unknown {
  if (!(value instanceof Timestamp)) return value;
  return new Timestamp(value.seconds, value.nanoseconds + 999_999);
}

/** Stored text is valid Unicode, so what it is compared with has to be. */
function wellFormed(value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}
