import { z } from 'zod';
import type { CalendarEvent, Conversation } from '../model/conversations/conversation.ts';
import { speakerIdOf, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import type { Memory } from '../model/memory.ts';
import type { ActionItem } from '../model/tasks/action-item.ts';
import type { Goal } from '../model/tasks/goal.ts';
import { toIso, toIsoOrNull } from '../model/timestamp.ts';
import { geolocationToWire, placeSchema } from './geolocation-wire.ts';
import { shortenLocked } from './locked-text.ts';
import { structuredToWire } from './structured-wire.ts';

/** A memory of the developer API right after it was made. */
export const newDevMemorySchema = z
  .object({
    id: z.string(),
    content: z.string(),
    category: z.string(),
    visibility: z.string(),
    tags: z.array(z.string()),
    created_at: z.string(),
    updated_at: z.string(),
    manually_added: z.boolean(),
    scoring: z.string(),
  })
  .meta({ id: 'NewDevMemory' });

/** A memory of the developer API. */
export const devMemorySchema = newDevMemorySchema
  .extend({ reviewed: z.boolean(), user_review: z.boolean().nullable(), edited: z.boolean() })
  .meta({ id: 'DevMemory' });
export type DevMemoryWire = z.output<typeof devMemorySchema>;

export function devMemoryToWire(memory: Memory): DevMemoryWire {
  return {
    id: memory.id,
    content: shortenLocked(memory.content, memory.isLocked),
    category: memory.category,
    visibility: memory.visibility,
    tags: [...memory.tags],
    created_at: toIso(memory.createdAt),
    updated_at: toIso(memory.updatedAt),
    manually_added: memory.manuallyAdded,
    scoring: memory.scoring,
    reviewed: memory.reviewed,
    user_review: memory.userReview,
    edited: memory.edited,
  };
}

/** A task of the developer API. */
export const devActionItemSchema = z
  .object({
    id: z.string(),
    description: z.string(),
    completed: z.boolean(),
    created_at: z.string().nullable(),
    updated_at: z.string().nullable(),
    due_at: z.string().nullable(),
    completed_at: z.string().nullable(),
    conversation_id: z.string().nullable(),
  })
  .meta({ id: 'DevActionItem' });
export type DevActionItemWire = z.output<typeof devActionItemSchema>;

export function devActionItemToWire(item: ActionItem): DevActionItemWire {
  return {
    id: item.id,
    description: item.description,
    completed: item.completed,
    created_at: toIso(item.createdAt),
    updated_at: toIso(item.updatedAt),
    due_at: toIsoOrNull(item.dueAt),
    completed_at: toIsoOrNull(item.completedAt),
    conversation_id: item.conversationId,
  };
}

/** A segment with its speaker's name; times in seconds. */
export const devSegmentSchema = z
  .object({
    id: z.string(),
    text: z.string(),
    speaker_id: z.number(),
    speaker_name: z.string(),
    start: z.number(),
    end: z.number(),
  })
  .meta({ id: 'DevSegment' });

/** A conversation of the developer API; `transcript_segments` is null if it was not asked for. */
export const devConversationSchema = z
  .object({
    id: z.string(),
    created_at: z.string(),
    started_at: z.string().nullable(),
    finished_at: z.string().nullable(),
    structured: z.object({
      title: z.string(),
      overview: z.string(),
      emoji: z.string(),
      category: z.string(),
      action_items: z.array(devActionItemSchema.omit({ id: true })),
      events: z.array(
        z.object({
          title: z.string(),
          description: z.string(),
          start: z.string(),
          duration: z.number(),
          created: z.boolean(),
        }),
      ),
    }),
    language: z.string().nullable(),
    source: z.string().nullable(),
    transcript_segments: z.array(devSegmentSchema).nullable(),
    geolocation: placeSchema.nullable(),
    folder_id: z.string().nullable(),
    folder_name: z.string().nullable(),
  })
  .meta({ id: 'DevConversation' });
export type DevConversationWire = z.output<typeof devConversationSchema>;

export function devSegmentToWire(segment: TranscriptSegment, speakerName: string) {
  return {
    id: segment.id,
    text: segment.text,
    speaker_id: speakerIdOf(segment.speaker),
    speaker_name: speakerName,
    start: segment.startMs / 1000,
    end: segment.endMs / 1000,
  };
}

export function devConversationToWire(shown: {
  conversation: Conversation;
  folderName: string | null;
  segments: readonly { segment: TranscriptSegment; speakerName: string }[] | null;
}): DevConversationWire {
  const { conversation, folderName, segments } = shown;
  const { geolocation, structured } = conversation;
  return {
    id: conversation.id,
    created_at: toIso(conversation.createdAt),
    started_at: toIsoOrNull(conversation.startedAt),
    finished_at: toIsoOrNull(conversation.finishedAt),
    structured: {
      ...structuredToWire(structured),
      events: structured.events.map(devEventToWire),
    },
    language: conversation.language,
    source: conversation.source,
    transcript_segments:
      segments?.map(({ segment, speakerName }) => devSegmentToWire(segment, speakerName)) ?? null,
    geolocation: geolocation && geolocationToWire(geolocation),
    folder_id: conversation.folderId,
    folder_name: folderName,
  };
}

function devEventToWire(event: CalendarEvent) {
  const { title, description, durationMinutes, created } = event;
  return { title, description, start: toIso(event.start), duration: durationMinutes, created };
}

/** A goal of the developer API. */
export const devGoalSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    goal_type: z.string(),
    target_value: z.number(),
    current_value: z.number(),
    min_value: z.number(),
    max_value: z.number(),
    unit: z.string().nullable(),
    is_active: z.boolean(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'DevGoal' });
export type DevGoalWire = z.output<typeof devGoalSchema>;

export function devGoalToWire(goal: Goal): DevGoalWire {
  return {
    id: goal.id,
    title: goal.title,
    goal_type: goal.goalType,
    target_value: goal.targetValue,
    current_value: goal.currentValue,
    min_value: goal.minValue,
    max_value: goal.maxValue,
    unit: goal.unit,
    is_active: goal.isActive,
    created_at: toIso(goal.createdAt),
    updated_at: toIso(goal.updatedAt),
  };
}
