import type { z } from 'zod';
import type { StoredAt } from './layout.ts';

/** Returns the given fields; `defaults` replace those that are missing or do not fit the schema. */
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

/** Returns a time in milliseconds, else the time of the document's last write. */
export function timeOf(value: unknown, at: StoredAt): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : at.updateTime.toMillis();
}
