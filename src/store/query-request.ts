import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import type { AnyCollection } from '../model/collection.ts';

/** A request as the port has it, without its types. */
export interface AnyQueryRequest {
  query: string;
  filters?: Record<string, unknown> | undefined;
  from?: string | number;
  to?: string | number;
  limit: number;
  cursor?: string | undefined;
}

/** A checked filter of a request: the field's value must be one of these. */
export interface CheckedFilter {
  field: string;
  values: readonly (string | number | boolean | null)[];
  isList: boolean;
}

/** The end of a page: the value of the order field (null among the last) and the id. */
export type Position = [string | number | null, string];

/** Most values of one filter, Firestore's limit. */
const IN_LIMIT = 30;
const positionSchema = z.tuple([z.union([z.string(), z.number(), z.null()]), z.string()]);

export function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws AppError `bad-request` if the cursor was not made by this store */
export function decodeCursor(cursor: string): Position {
  try {
    return positionSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new AppError('bad-request', 'The cursor is invalid.', { cause });
  }
}

/**
 * Returns the declared shape of a request and its checked filters.
 *
 * @throws AppError `internal` for a query or filter that is not declared, `bad-request` for a limit out
 *   of bounds
 */
export function checkRequest(definition: AnyCollection, request: AnyQueryRequest) {
  const { name, queries } = definition;
  const shape = Object.hasOwn(queries, request.query) ? queries[request.query] : undefined;
  if (!shape) {
    throw new AppError('internal', `Collection ${name} declares no query "${request.query}".`);
  }
  if (!Number.isInteger(request.limit) || request.limit < 1 || request.limit > 1000) {
    throw new AppError('bad-request', 'The limit must be between 1 and 1000.');
  }
  const filters: CheckedFilter[] = [];
  for (const [field, value] of Object.entries(request.filters ?? {})) {
    if (value === undefined) continue;
    const kind = Object.hasOwn(shape.filters, field) ? shape.filters[field] : undefined;
    if (kind === undefined) {
      throw new AppError('internal', `Query ${name}.${request.query} has no filter "${field}".`);
    }
    const isList = Array.isArray(value);
    if (isList && (kind !== 'in' || value.length > IN_LIMIT)) {
      const allowed = kind === 'in' ? `at most ${IN_LIMIT} values` : 'one value';
      throw new AppError(
        'internal',
        `Filter "${field}" of ${name}.${request.query} takes ${allowed}.`,
      );
    }
    filters.push({ field, values: (isList ? value : [value]).map(filterValue), isList });
  }
  const position = request.cursor === undefined ? undefined : decodeCursor(request.cursor);
  return { shape, filters, position };
}

function filterValue(value: unknown): string | number | boolean | null {
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value) || value === null;
  if (isPlain) return value as string | number | boolean | null;
  throw new AppError(
    'internal',
    'The value of a filter must be text, a number, true, false or null.',
  );
}
