import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** Advice that a desktop app has given for what was on the screen. */
export const adviceSchema = z.object({
  id: z.string(),
  content: z.string(),
  category: z.string(),
  reasoning: z.string().nullable(),
  sourceApp: z.string().nullable(),
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
  encrypted: ['content', 'reasoning', 'sourceApp', 'contextSummary', 'currentActivity'],
  queries: {
    byAge: {
      filters: { category: 'eq', isDismissed: 'eq', isRead: 'eq' },
      orderBy: 'createdAt',
      direction: 'desc',
    },
  },
});
