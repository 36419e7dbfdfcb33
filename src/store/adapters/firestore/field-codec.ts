import { Timestamp } from '@google-cloud/firestore';
import { z } from 'zod';

/** Name of a field in Firestore: as Omi writes them, `createdAt` is `created_at`. */
export function storedName(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A schema without `nullable`, `optional` and `default`, and without the text that may stand for it encrypted. */
function bare(schema: unknown): unknown {
  let inner = schema;
  if (inner instanceof z.ZodUnion && inner.options[1] instanceof z.ZodString) {
    inner = inner.options[0];
  }
  while (
    inner instanceof z.ZodNullable ||
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodDefault
  ) {
    inner = inner.unwrap();
  }
  return inner;
}

/** True where the model says that the number is a point in time. */
export function isTimestamp(schema: unknown): boolean {
  const inner = bare(schema);
  return inner instanceof z.ZodNumber && inner.meta()?.kind === 'timestamp';
}

/** The schema of a field, where the document's schema tells. */
export function schemaOf(schema: unknown, field: string): z.ZodType | undefined {
  const object = bare(schema);
  return object instanceof z.ZodObject ? (object.shape[field] as z.ZodType) : undefined;
}

/**
 * The value as Firestore keeps it: native times, snake_case names, no array straight in an array, and
 * text that is valid Unicode, for it refuses half of a surrogate pair.
 */
export function encodeValue(schema: unknown, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  if (typeof value === 'string') return value.toWellFormed();
  const inner = bare(schema);
  if (isTimestamp(inner) && typeof value === 'number') return Timestamp.fromMillis(value);
  if (Array.isArray(value)) {
    const element = inner instanceof z.ZodArray ? inner.element : undefined;
    return value.map((item) => {
      const encoded = encodeValue(element, item);
      return Array.isArray(encoded) ? { [NESTED]: encoded } : encoded;
    });
  }
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  if (inner instanceof z.ZodObject) {
    return Object.fromEntries(
      entries.map(([key, field]) => [storedName(key), encodeValue(schemaOf(inner, key), field)]),
    );
  }
  const valueSchema = inner instanceof z.ZodRecord ? inner.valueType : undefined;
  return Object.fromEntries(
    entries.map(([key, field]) => [key.toWellFormed(), encodeValue(valueSchema, field)]),
  );
}

/** What `encodeValue` made, or what Omi has written in its place; missing fields stay missing. */
export function decodeValue(schema: unknown, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  const inner = bare(schema);
  if (value instanceof Timestamp) {
    return inner === undefined || inner instanceof z.ZodUnknown || inner instanceof z.ZodString
      ? value.toDate().toISOString()
      : value.toMillis();
  }
  if (isTimestamp(inner) && typeof value === 'string') return Date.parse(value);
  if (isTimestamp(inner) && typeof value === 'number') return Math.floor(value);
  if (Array.isArray(value)) {
    const element = inner instanceof z.ZodArray ? inner.element : undefined;
    return value.map((item) =>
      decodeValue(element, isRecord(item) && NESTED in item ? item[NESTED] : item),
    );
  }
  if (!isRecord(value)) return value;
  if (inner instanceof z.ZodObject) {
    const decoded: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(inner.shape)) {
      const stored = value[storedName(key)];
      if (stored !== undefined) decoded[key] = decodeValue(field, stored);
    }
    return decoded;
  }
  const valueSchema = inner instanceof z.ZodRecord ? inner.valueType : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, decodeValue(valueSchema, field)]),
  );
}

/** Firestore takes no array in an array; the inner one goes into a map of this one field. */
const NESTED = 'nested_list';

export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * The fields to write for some fields of a document, as paths: an object whose fields the model
 * declares is written field by field, so that what another program keeps beside them stays.
 */
export function leavesOf(
  stored: Record<string, unknown>,
  keepsWhole: (path: string) => boolean,
): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  const visit = (prefix: string, value: unknown): void => {
    const fields = isRecord(value) && !keepsWhole(prefix) ? Object.entries(value) : [];
    if (fields.length === 0) leaves.set(prefix, value);
    for (const [name, field] of fields) visit(`${prefix}.${name}`, field);
  };
  for (const [name, value] of Object.entries(stored)) visit(name, value);
  return leaves;
}
