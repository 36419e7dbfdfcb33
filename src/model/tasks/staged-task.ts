import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** A task that a client proposes, and that becomes an action item when it is promoted. */
export const stagedTaskSchema = z.object({
  id: z.string(),
  description: z.string(),
  /** SHA-256 of the description, so that the same proposal is one. */
  key: z.string(),
  completed: z.boolean(),
  dueAt: timestamp.nullable(),
  source: z.string().nullable(),
  priority: z.string().nullable(),
  category: z.string().nullable(),
  metadata: z.string().nullable(),
  relevanceScore: z.number().int().nullable(),
  /** The score, or more than any score; the lowest is the best. */
  rank: z.number().int(),
  createdAt: timestamp,
  updatedAt: timestamp,
  promotedAt: timestamp.nullable(),
});
export type StagedTask = z.infer<typeof stagedTaskSchema>;

export const stagedTasks = defineCollection({
  name: 'staged_tasks',
  scope: 'user',
  schema: stagedTaskSchema,
  encrypted: ['description', 'source', 'priority', 'category', 'metadata'],
  queries: {
    byRank: { filters: { completed: 'eq' }, orderBy: 'rank', direction: 'asc' },
    byKey: { filters: { key: 'eq' }, orderBy: 'createdAt', direction: 'asc' },
  },
});
