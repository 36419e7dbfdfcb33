import { z } from 'zod';
import type { Conversation } from '../model/conversations/conversation.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import type { ActionItem } from '../model/tasks/action-item.ts';
import { toIso } from '../model/timestamp.ts';
import { conversationToWire } from './conversation-wire.ts';
import { jsonObjectSchema } from './json.ts';

/** A conversation as apps read it; what is not known is left out. */
export const integrationConversationSchema = z
  .object({
    id: z.string(),
    created_at: z.string(),
    started_at: z.string().optional(),
    finished_at: z.string().optional(),
    source: z.string(),
    structured: jsonObjectSchema,
    transcript_segments: z.array(
      z.object({
        text: z.string(),
        speaker: z.string(),
        is_user: z.boolean(),
        person_id: z.string().optional(),
        start: z.number(),
        end: z.number(),
      }),
    ),
    discarded: z.boolean(),
    app_id: z.string().optional(),
    language: z.string().optional(),
    external_data: jsonObjectSchema.optional(),
    geolocation: jsonObjectSchema.optional(),
    status: z.string(),
  })
  .meta({ id: 'IntegrationConversation' });

export const integrationTaskSchema = z
  .object({
    id: z.string(),
    description: z.string(),
    completed: z.boolean(),
    created_at: z.string().optional(),
    updated_at: z.string().optional(),
    due_at: z.string().optional(),
    completed_at: z.string().optional(),
    conversation_id: z.string().optional(),
  })
  .meta({ id: 'IntegrationTask' });

/** @param maxSegments how many segments are shown; -1: all */
export function integrationConversationToWire(
  conversation: Conversation,
  segments: readonly TranscriptSegment[],
  maxSegments: number,
): z.output<typeof integrationConversationSchema> {
  const { isLocked } = conversation;
  const shown = maxSegments < 0 ? segments : segments.slice(0, maxSegments);
  const wire = conversationToWire(conversation, isLocked ? [] : shown);
  const { title, overview, emoji, category, action_items, events } = wire.structured;
  return withoutNulls({
    id: wire.id,
    created_at: wire.created_at,
    started_at: wire.started_at,
    finished_at: wire.finished_at,
    source: wire.source,
    structured: isLocked
      ? { title: '', overview: '', emoji, category, action_items: [], events: [] }
      : { title, overview, emoji, category, action_items, events },
    transcript_segments: wire.transcript_segments.map(
      ({ text, speaker, is_user, person_id, start, end }) =>
        withoutNulls({ text, speaker, is_user, person_id, start, end }),
    ),
    discarded: wire.discarded,
    app_id: wire.app_id,
    language: wire.language,
    external_data: isLocked ? null : wire.external_data,
    geolocation: isLocked ? null : wire.geolocation,
    status: wire.status,
  }) as z.output<typeof integrationConversationSchema>;
}

export function integrationTaskToWire(item: ActionItem): z.output<typeof integrationTaskSchema> {
  const time = (at: number | null) => (at === null ? null : toIso(at));
  return withoutNulls({
    id: item.id,
    description: item.description,
    completed: item.completed,
    created_at: time(item.createdAt),
    updated_at: time(item.updatedAt),
    due_at: time(item.dueAt),
    completed_at: time(item.completedAt),
    conversation_id: item.conversationId,
  }) as z.output<typeof integrationTaskSchema>;
}

/** Returns an object without the fields that are null, at any depth. */
export function withoutNulls<T extends object>(value: T): Partial<T> {
  return clean(value) as Partial<T>;
}

function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([name, field]) => [name, clean(field)]));
}
