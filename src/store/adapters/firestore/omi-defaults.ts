import type { z } from 'zod';
import type { StoredAt } from './layout.ts';

/** The given fields where they fit the schema, `defaults` in place of those that are missing or do not. */
export function withDefaults<S extends z.ZodRawShape>(
  schema: z.ZodObject<S>,
  fields: Record<string, unknown>,
  defaults: object,
): unknown {
  const completed: Record<string, unknown> = { ...defaults };
  for (const [name, field] of Object.entries(schema.shape)) {
    const given = fields[name];
    if (given === undefined) continue;
    if ((field as z.ZodType).safeParse(given).success) completed[name] = given;
  }
  return completed;
}

/** A time in milliseconds, or when the document was last written. */
export function timeOf(value: unknown, at: StoredAt): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : at.updateTime.toMillis();
}
