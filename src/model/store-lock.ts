import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** A lock for work that one process does at a time; the document stays when the lock is free. */
export const storeLockSchema = z.object({
  /** Name of the work. */
  id: z.string(),
  /** Null if no process holds it. */
  owner: z.string().nullable(),
  /** Fencing token of the last holder; only grows. */
  token: z.number().int(),
  expiresAt: timestamp,
});
export type StoreLock = z.infer<typeof storeLockSchema>;

export const storeLocks = defineCollection({
  name: 'store_locks',
  scope: 'global',
  schema: storeLockSchema,
  queries: {},
});
