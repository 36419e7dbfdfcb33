import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** A link to a few tasks. `id` is the SHA-256 of the token in the link, which is never stored. */
export const taskShareSchema = z.object({
  id: z.string(),
  /** The user who shares. */
  uid: z.string(),
  taskIds: z.array(z.string()),
  /** Users that have accepted the tasks. */
  acceptedBy: z.array(z.string()),
  createdAt: timestamp,
  expiresAt: timestamp,
});
export type TaskShare = z.infer<typeof taskShareSchema>;

export const taskShares = defineCollection({
  name: 'task_shares',
  scope: 'global',
  schema: taskShareSchema,
  queries: { ofUser: { filters: { uid: 'eq' }, orderBy: 'createdAt', direction: 'asc' } },
});
