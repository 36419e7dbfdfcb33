import type { DailySummary } from '../model/conversations/daily-summary.ts';
import { toIso } from '../model/timestamp.ts';

/** A day's summary on Omi's wire; `engine` is an addition of ours. */
export function dailySummaryToWire(summary: DailySummary) {
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
