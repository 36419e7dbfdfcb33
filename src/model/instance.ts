import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** A process that uses this store. */
export const instanceSchema = z.object({
  /** New at each start. */
  id: z.string(),
  startedAt: timestamp,
  /** Time of its last heartbeat; a process that shuts down cleanly deletes its document. */
  seenAt: timestamp,
});
export type Instance = z.infer<typeof instanceSchema>;

export const instances = defineCollection({
  name: 'instances',
  scope: 'global',
  schema: instanceSchema,
  queries: { recent: { filters: {}, orderBy: 'seenAt', direction: 'desc' } },
});
