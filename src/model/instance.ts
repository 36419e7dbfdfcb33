import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** A process that works on this store. */
export const instanceSchema = z.object({
  /** Another one at each start. */
  id: z.string(),
  startedAt: timestamp,
  /** When it last said that it lives; a process that ends in good order removes its document. */
  seenAt: timestamp,
});
export type Instance = z.infer<typeof instanceSchema>;

export const instances = defineCollection({
  name: 'instances',
  scope: 'global',
  schema: instanceSchema,
  queries: { recent: { filters: {}, orderBy: 'seenAt', direction: 'desc' } },
});
