import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** A task that a client proposes, or that may have been said in a conversation, and that becomes an action item when it is promoted. */
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
  /** `user` or null; whose task it is. */
  owner: z.string().nullable().default(null),
  /** The conversation that it was said in, null if a client proposed it. */
  conversationId: z.string().nullable().default(null),
  /** Where in the conversation. */
  segmentIds: z.array(z.string()).default([]),
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
    ofConversation: { filters: { conversationId: 'eq' }, orderBy: 'createdAt', direction: 'asc' },
    byKey: { filters: { key: 'eq' }, orderBy: 'createdAt', direction: 'asc' },
  },
});
