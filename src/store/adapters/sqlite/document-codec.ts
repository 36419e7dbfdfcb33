import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import type { AnyCollection } from '../../../model/collection.ts';

/** A document and its JSON. */
export interface EncodedDocument {
  document: object;
  body: string;
}

/** Checks a document. Returns it, without unknown fields, and its JSON. @throws AppError `internal` if it does not fit its schema */
export function encodeDocument(collection: AnyCollection, document: unknown): EncodedDocument {
  const parsed = collection.schema.safeParse(document);
  if (!parsed.success) throw mismatch('A document to write', collection, parsed.error.issues);
  // A copy: the schema may have kept parts of the caller's document, which the caller may change.
  return { document: copyPlain(parsed.data), body: toJson(parsed.data) };
}

/**
 * Changes some fields of a document that fits its schema: only these are checked. Returns the whole
 * document, which shares the other fields with `current`, and its JSON.
 *
 * @throws AppError `internal` if a field does not fit the schema
 */
export function encodePatched(
  collection: AnyCollection,
  current: object,
  fields: Readonly<Record<string, unknown>>,
): EncodedDocument {
  const shape = shapeOf(collection);
  if (shape === null) return encodeDocument(collection, { ...current, ...fields });
  const document: Record<string, unknown> = { ...current };
  for (const [field, value] of Object.entries(fields)) {
    const schema = Object.hasOwn(shape, field) ? shape[field] : undefined;
    if (!schema) continue;
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      const issues = parsed.error.issues.map((issue) => ({
        ...issue,
        path: [field, ...issue.path],
      }));
      throw mismatch('A document to write', collection, issues);
    }
    document[field] = parsed.data;
  }
  return { document, body: toJson(document) };
}

/** Half of a surrogate pair is mended, because the drivers of SQLite read it in different ways. */
function toJson(document: object): string {
  const json = JSON.stringify(document);
  return json.includes('\\ud') ? JSON.stringify(document, (_, value) => mended(value)) : json;
}

/** Returns a text with U+FFFD for each half of a surrogate pair; other values as they are. */
export function mended<T>(value: T): T | string {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

/** Returns the document of a stored body, without unknown fields and with defaults. */
export function decodeDocument<T extends { id: string }>(
  collection: { name: string; schema: z.ZodType<T> },
  body: string,
): T {
  const parsed = collection.schema.safeParse(JSON.parse(body));
  if (parsed.success) return parsed.data;
  throw mismatch('A stored document', collection, parsed.error.issues);
}

/** Returns a deep copy of a value of objects, arrays and what JSON holds; undefined fields are left out. */
export function copyPlain<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyPlain) as T;
  const copy: Record<string, unknown> = {};
  for (const [field, own] of Object.entries(value)) {
    if (own !== undefined) copy[field] = copyPlain(own);
  }
  return copy as T;
}

/** The fields of a schema; null if more than its fields is checked. */
function shapeOf({ schema }: AnyCollection): Readonly<Record<string, z.ZodType>> | null {
  if (!(schema instanceof z.ZodObject) || (schema.def.checks?.length ?? 0) > 0) return null;
  return schema.shape as Record<string, z.ZodType>;
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
