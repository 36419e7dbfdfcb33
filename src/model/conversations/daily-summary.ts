import { z } from 'zod';
import { idFromText } from '../../kernel/ids.ts';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** The summary of a user's day. Everything in it refers to conversations that exist. */
export const dailySummarySchema = z.object({
  id: z.string(),
  /** Local day, `YYYY-MM-DD`. */
  date: z.string(),
  /** IANA zone of the day. */
  timeZone: z.string(),
  createdAt: timestamp,
  headline: z.string(),
  overview: z.string(),
  dayEmoji: z.string(),
  stats: z.object({
    totalConversations: z.number().int(),
    totalDurationMinutes: z.number().int(),
    actionItemsCount: z.number().int(),
  }),
  highlights: z.array(
    z.object({
      topic: z.string(),
      emoji: z.string(),
      summary: z.string(),
      conversationIds: z.array(z.string()),
    }),
  ),
  actionItems: z.array(
    z.object({
      description: z.string(),
      priority: z.enum(['high', 'medium', 'low']),
      completed: z.boolean(),
      sourceConversationId: z.string(),
    }),
  ),
  unresolvedQuestions: z.array(z.object({ question: z.string(), conversationId: z.string() })),
  decisionsMade: z.array(z.object({ decision: z.string(), conversationId: z.string() })),
  knowledgeNuggets: z.array(z.object({ insight: z.string(), conversationId: z.string() })),
  locations: z.array(
    z.object({
      latitude: z.number(),
      longitude: z.number(),
      address: z.string().nullable(),
      conversationId: z.string(),
      /** Local time `HH:MM`. */
      time: z.string(),
    }),
  ),
  engine: z.enum(['model', 'rules']),
  /** Why the model failed to write it; null if it did not fail. Contains no user data. */
  modelError: z.string().nullable(),
});
export type DailySummary = z.infer<typeof dailySummarySchema>;

export const dailySummaries = defineCollection({
  name: 'daily_summaries',
  scope: 'user',
  announced: { kind: 'daily_summary' },
  schema: dailySummarySchema,
  queries: { byDate: { filters: {}, orderBy: 'date', direction: 'desc' } },
});

/** Returns the id of a day's summary, so that summarising a day again replaces it. */
export function dailySummaryId(uid: string, date: string): string {
  return idFromText(`daily-summary:${uid}:${date}`);
}
