import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** Advice that a desktop app gave its user. */
export const adviceSchema = z.object({
  id: z.string(),
  content: z.string(),
  category: z.string(),
  reasoning: z.string().nullable(),
  sourceApp: z.string().nullable(),
  /** 0 to 1. */
  confidence: z.number(),
  contextSummary: z.string().nullable(),
  currentActivity: z.string().nullable(),
  isRead: z.boolean(),
  isDismissed: z.boolean(),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type Advice = z.infer<typeof adviceSchema>;

export const advice = defineCollection({
  name: 'advice',
  scope: 'user',
  schema: adviceSchema,
  encrypted: ['content', 'category', 'reasoning', 'sourceApp', 'contextSummary', 'currentActivity'],
  queries: {
    recent: {
      filters: { isDismissed: 'eq', isRead: 'eq' },
      orderBy: 'createdAt',
      direction: 'desc',
    },
  },
});
