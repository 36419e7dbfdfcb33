import { z } from 'zod';
import type {
  CalendarEvent,
  InlineActionItem,
  Structured,
} from '../model/conversations/conversation.ts';
import { toIso, toIsoOrNull } from '../model/timestamp.ts';

/**
 * An action item inside its conversation. `id` (of the standalone item), `owner` and `segment_ids`
 * (the words it came from) are additions of ours.
 */
export const inlineActionItemSchema = z
  .object({
    description: z.string(),
    completed: z.boolean(),
    created_at: z.string().nullable(),
    updated_at: z.string().nullable(),
    due_at: z.string().nullable(),
    completed_at: z.string().nullable(),
    conversation_id: z.string().nullable(),
    id: z.string(),
    owner: z.string().nullable(),
    segment_ids: z.array(z.string()),
  })
  .meta({ id: 'InlineActionItem' });
export type InlineActionItemWire = z.output<typeof inlineActionItemSchema>;

/** A calendar event found in a conversation; `duration` in minutes. `segment_ids` is ours. */
export const calendarEventSchema = z
  .object({
    title: z.string(),
    description: z.string(),
    start: z.string(),
    duration: z.number(),
    created: z.boolean(),
    segment_ids: z.array(z.string()),
  })
  .meta({ id: 'CalendarEvent' });
export type CalendarEventWire = z.output<typeof calendarEventSchema>;

/** Where a sentence stands in an overview, and the segments that it was made from. */
const overviewEvidenceSchema = z
  .object({
    /** UTF-16 code units from the beginning of the overview. */
    start: z.number().int(),
    end: z.number().int(),
    segment_ids: z.array(z.string()),
  })
  .meta({ id: 'OverviewEvidence' });

/**
 * What came out of a conversation. `overview_evidence` is ours: the sentences of the overview that
 * have a source, in their order; empty for conversations from before it was kept.
 */
export const structuredSchema = z
  .object({
    title: z.string(),
    overview: z.string(),
    overview_evidence: z.array(overviewEvidenceSchema),
    emoji: z.string(),
    category: z.string(),
    action_items: z.array(inlineActionItemSchema),
    events: z.array(calendarEventSchema),
  })
  .meta({ id: 'Structured' });
export type StructuredWire = z.output<typeof structuredSchema>;

export function inlineActionItemToWire(item: InlineActionItem): InlineActionItemWire {
  return {
    description: item.description,
    completed: item.completed,
    created_at: toIsoOrNull(item.createdAt),
    updated_at: toIsoOrNull(item.updatedAt),
    due_at: toIsoOrNull(item.dueAt),
    completed_at: toIsoOrNull(item.completedAt),
    conversation_id: item.conversationId,
    id: item.id,
    owner: item.owner,
    segment_ids: [...item.segmentIds],
  };
}

export function calendarEventToWire(event: CalendarEvent): CalendarEventWire {
  return {
    title: event.title,
    description: event.description,
    start: toIso(event.start),
    duration: event.durationMinutes,
    created: event.created,
    segment_ids: [...event.segmentIds],
  };
}

export function structuredToWire(structured: Structured): StructuredWire {
  return {
    title: structured.title,
    overview: structured.overview,
    overview_evidence: overviewEvidenceToWire(structured),
    emoji: structured.emoji,
    category: structured.category,
    action_items: structured.actionItems.map(inlineActionItemToWire),
    events: structured.events.map(calendarEventToWire),
  };
}

/** The sentences that still stand in the overview, with their places. */
function overviewEvidenceToWire({
  overview,
  overviewEvidence,
}: Pick<Structured, 'overview' | 'overviewEvidence'>): StructuredWire['overview_evidence'] {
  let from = 0;
  return overviewEvidence.flatMap(({ sentence, segmentIds }) => {
    const start = sentence === '' ? -1 : overview.indexOf(sentence, from);
    if (start < 0 || segmentIds.length === 0) return [];
    from = start + sentence.length;
    return [{ start, end: from, segment_ids: [...segmentIds] }];
  });
}
