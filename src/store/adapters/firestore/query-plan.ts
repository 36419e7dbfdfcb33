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

/** The queries that return the documents of a request one after the other, and what is left to test. */
export interface QueryPlan {
  phases: Query[];
  /** Stored name of the field that orders; undefined if the id orders. */
  orderField: string | undefined;
  /** True for a document that passes the filters that Firestore cannot test. */
  accepts(document: Record<string, unknown>): boolean;
}

const IN_LIMIT = 30;

type QueryShape = Layout['definition']['queries'][string];
type Test = (document: Record<string, unknown>) => boolean;

/**
 * Plans a request.
 *
 * @throws AppError `internal` for what is not declared, `bad-request` for limit and cursor
 */
export function planQuery(
  collection: CollectionReference,
  layout: Layout,
  request: AnyQueryRequest,
): QueryPlan {
  const { name, queries } = layout.definition;
  const shape = Object.hasOwn(queries, request.query) ? queries[request.query] : undefined;
  if (!shape) {
    throw new AppError('internal', `Collection ${name} declares no query "${request.query}".`);
  }
  if (!Number.isInteger(request.limit) || request.limit < 1 || request.limit > 1000) {
    throw new AppError('bad-request', 'The limit must be between 1 and 1000.');
  }
  const cursor = request.cursor === undefined ? undefined : decodeCursor(request.cursor);
  const filtered = filterQuery(collection, layout, request, shape);
  if (filtered === null) return { phases: [], orderField: undefined, accepts: () => false };
  const accepts: Test = (document) => filtered.tests.every((test) => test(document));
  if (shape.orderBy === 'id') {
    const phases = [byIdAlone(filtered.query, shape.direction, request, cursor)];
    return { phases, orderField: undefined, accepts };
  }
  const phases = orderedPhases(filtered.query, layout, shape, request, cursor);
  return { phases, orderField: layout.field(shape.orderBy), accepts };
}

/** Returns the query with its filters, and the tests that are left; null if nothing can match. */
function filterQuery(
  collection: CollectionReference,
  layout: Layout,
  request: AnyQueryRequest,
  shape: QueryShape,
): { query: Query; tests: Test[] } | null {
  const tests: Test[] = [];
  let query: Query = collection;
  for (const [field, value] of Object.entries(request.filters ?? {})) {
    if (value === undefined) continue;
    const given = valuesOf(layout, request, shape, field, value);
    if (given.length === 0) return null;
    // Firestore's filters pass over a document without the field, so if a missing value is asked for,
    // the documents are tested here. The same goes for null in a list.
    const absent = layout.absentValue(field);
    if (
      (absent !== undefined && given.includes(absent)) ||
      (given.length > 1 && given.includes(null))
    ) {
      tests.push((document) => given.includes(document[field] ?? null));
    } else if (given.length === 1) {
      query = query.where(layout.field(field), '==', given[0]);
    } else {
      query = query.where(layout.field(field), 'in', given);
    }
  }
  return { query, tests };
}

/** Returns the values that a filter asks for. */
function valuesOf(
  layout: Layout,
  request: AnyQueryRequest,
  shape: QueryShape,
  field: string,
  value: unknown,
): unknown[] {
  const query = `${layout.definition.name}.${request.query}`;
  const kind = Object.hasOwn(shape.filters, field) ? shape.filters[field] : undefined;
  if (kind === undefined) {
    throw new AppError('internal', `Query ${query} has no filter "${field}".`);
  }
  if (Array.isArray(value) && (kind !== 'in' || value.length > IN_LIMIT)) {
    const allowed = kind === 'in' ? `at most ${IN_LIMIT} values` : 'one value';
    throw new AppError('internal', `Filter "${field}" of ${query} takes ${allowed}.`);
  }
  return (Array.isArray(value) ? value : [value]).map(wellFormed);
}

/** Returns the query for documents with a value in the field that orders, then that for null. */
function orderedPhases(
  filtered: Query,
  layout: Layout,
  shape: QueryShape,
  { from, to }: AnyQueryRequest,
  cursor: Position | undefined,
): Query[] {
  const byId = FieldPath.documentId();
  const order = layout.field(shape.orderBy);
  const orderSchema = schemaOf(layout.definition.schema, shape.orderBy);
  const toValue = (bound: string | number): unknown =>
    typeof bound === 'number' && isTimestamp(orderSchema) ? Timestamp.fromMillis(bound) : bound;
  const isNullable = orderSchema === undefined || orderSchema.safeParse(null).success;
  const takesNull = isNullable && from === undefined && to === undefined;
  const phases: Query[] = [];
  if (cursor === undefined || cursor.value !== null) {
    let query = filtered;
    if (from !== undefined) query = query.where(order, '>=', toValue(from));
    // Inclusive: a time within the millisecond of the bound is not beyond it.
    if (to !== undefined) query = query.where(order, '<=', lastOf(toValue(to)));
    if (takesNull) query = query.where(order, '!=', null);
    query = query.orderBy(order, shape.direction).orderBy(byId, 'asc');
    phases.push(cursor ? query.startAfter(cursor.value, cursor.segment) : query);
  }
  if (takesNull) {
    const query = filtered.where(order, '==', null).orderBy(byId, 'asc');
    phases.push(cursor?.value === null ? query.startAfter(cursor.segment) : query);
  }
  return phases;
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

/** Stored text is valid Unicode, so what it is compared with must be. */
function wellFormed(value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}
