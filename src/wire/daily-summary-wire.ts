import { z } from 'zod';
import type { DailySummary } from '../model/conversations/daily-summary.ts';
import { toIso } from '../model/timestamp.ts';

/** A day's summary on Omi's wire; `engine` is an addition of ours. */
export const dailySummarySchema = z
  .object({
    id: z.string(),
    /** Local day, `YYYY-MM-DD`. */
    date: z.string(),
    created_at: z.string(),
    headline: z.string(),
    overview: z.string(),
    day_emoji: z.string(),
    stats: z.object({
      total_conversations: z.int(),
      total_duration_minutes: z.int(),
      action_items_count: z.int(),
    }),
    highlights: z.array(
      z.object({
        topic: z.string(),
        emoji: z.string(),
        summary: z.string(),
        conversation_ids: z.array(z.string()),
      }),
    ),
    action_items: z.array(
      z.object({
        description: z.string(),
        priority: z.enum(['high', 'medium', 'low']),
        completed: z.boolean(),
        source_conversation_id: z.string(),
      }),
    ),
    unresolved_questions: z.array(z.object({ question: z.string(), conversation_id: z.string() })),
    decisions_made: z.array(z.object({ decision: z.string(), conversation_id: z.string() })),
    knowledge_nuggets: z.array(z.object({ insight: z.string(), conversation_id: z.string() })),
    locations: z.array(
      z.object({
        latitude: z.number(),
        longitude: z.number(),
        address: z.string().nullable(),
        conversation_id: z.string(),
        /** Local time `HH:MM`. */
        time: z.string(),
      }),
    ),
    engine: z.enum(['model', 'rules']),
  })
  .meta({ id: 'DailySummary' });
export type DailySummaryWire = z.output<typeof dailySummarySchema>;

/** Returns a day's summary as clients see it. */
export function dailySummaryToWire(summary: DailySummary): DailySummaryWire {
  return {
    id: summary.id,
    date: summary.date,
    created_at: toIso(summary.createdAt),
    headline: summary.headline,
    overview: summary.overview,
    day_emoji: summary.dayEmoji,
    stats: {
      total_conversations: summary.stats.totalConversations,
      total_duration_minutes: summary.stats.totalDurationMinutes,
      action_items_count: summary.stats.actionItemsCount,
    },
    highlights: summary.highlights.map(({ topic, emoji, summary: text, conversationIds }) => ({
      topic,
      emoji,
      summary: text,
      conversation_ids: conversationIds,
    })),
    action_items: summary.actionItems.map((item) => ({
      description: item.description,
      priority: item.priority,
      completed: item.completed,
      source_conversation_id: item.sourceConversationId,
    })),
    unresolved_questions: summary.unresolvedQuestions.map(({ question, conversationId }) => ({
      question,
      conversation_id: conversationId,
    })),
    decisions_made: summary.decisionsMade.map(({ decision, conversationId }) => ({
      decision,
      conversation_id: conversationId,
    })),
    knowledge_nuggets: summary.knowledgeNuggets.map(({ insight, conversationId }) => ({
      insight,
      conversation_id: conversationId,
    })),
    locations: summary.locations.map(({ latitude, longitude, address, conversationId, time }) => ({
      latitude,
      longitude,
      address,
      conversation_id: conversationId,
      time,
    })),
    engine: summary.engine,
  };
}
