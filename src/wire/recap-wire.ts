import { z } from 'zod';
import type { PeriodRecap } from '../model/conversations/period-recap.ts';
import { toIsoOrNull } from '../model/timestamp.ts';

const busy = { total_conversations: z.int(), total_duration_minutes: z.int() };

/** A recap as Omi's newest app reads it; every key is required there. */
export const recapSchema = z
  .object({
    period: z.enum(['week', 'month']),
    start_date: z.string(),
    end_date: z.string(),
    days_recorded: z.int(),
    stats: z.object({ ...busy, action_items_created: z.int(), memories_created: z.int() }),
    busiest_day: z
      .object({ date: z.string(), summary_id: z.string().nullable(), ...busy })
      .nullable(),
    highlights: z.array(
      z.object({
        date: z.string(),
        topic: z.string().nullable(),
        emoji: z.string().nullable(),
        summary: z.string().nullable(),
        conversation_ids: z.array(z.string()),
      }),
    ),
    decisions: z.array(
      z.object({ date: z.string(), decision: z.string(), conversation_id: z.string().nullable() }),
    ),
    open_questions: z.array(
      z.object({ date: z.string(), question: z.string(), conversation_id: z.string().nullable() }),
    ),
    open_action_items: z.array(
      z.object({
        id: z.string(),
        date: z.string(),
        description: z.string(),
        source_conversation_id: z.string().nullable(),
        due_at: z.string().nullable(),
      }),
    ),
    top_people: z.array(
      z.object({
        person_id: z.string(),
        name: z.string(),
        conversations: z.int(),
        talk_minutes: z.int(),
      }),
    ),
    previous: z.object({ start_date: z.string(), end_date: z.string(), ...busy }).nullable(),
  })
  .meta({ id: 'PeriodRecap' });

export function recapToWire(recap: PeriodRecap): z.output<typeof recapSchema> {
  const { stats, busiestDay, previous } = recap;
  return {
    period: recap.period,
    start_date: recap.startDate,
    end_date: recap.endDate,
    days_recorded: recap.daysRecorded,
    stats: {
      ...busyToWire(stats),
      action_items_created: stats.actionItemsCreated,
      memories_created: stats.memoriesCreated,
    },
    busiest_day: busiestDay && {
      date: busiestDay.date,
      summary_id: busiestDay.summaryId,
      ...busyToWire(busiestDay),
    },
    highlights: recap.highlights.map(({ date, topic, emoji, summary, conversationIds }) => ({
      date,
      topic,
      emoji,
      summary,
      conversation_ids: conversationIds,
    })),
    decisions: recap.decisions.map(({ date, decision, conversationId }) => ({
      date,
      decision,
      conversation_id: conversationId,
    })),
    open_questions: recap.openQuestions.map(({ date, question, conversationId }) => ({
      date,
      question,
      conversation_id: conversationId,
    })),
    open_action_items: recap.openActionItems.map((item) => ({
      id: item.id,
      date: new Date(item.createdAt).toISOString().slice(0, 10),
      description: item.description,
      source_conversation_id: item.conversationId,
      due_at: toIsoOrNull(item.dueAt),
    })),
    top_people: recap.topPeople.map(({ personId, name, conversations, talkMinutes }) => ({
      person_id: personId,
      name,
      conversations,
      talk_minutes: talkMinutes,
    })),
    previous: previous && {
      start_date: previous.startDate,
      end_date: previous.endDate,
      ...busyToWire(previous),
    },
  };
}

function busyToWire(busy: { totalConversations: number; totalDurationMinutes: number }) {
  return {
    total_conversations: busy.totalConversations,
    total_duration_minutes: busy.totalDurationMinutes,
  };
}
