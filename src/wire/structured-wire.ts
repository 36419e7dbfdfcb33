import type { CalendarEvent, InlineActionItem, Structured } from '../model/conversation.ts';
import { toIso, toIsoOrNull } from '../model/timestamp.ts';

/**
 * An action item inside its conversation. `id` (of the standalone item), `owner` and `segment_ids`
 * (the words it came from) are additions of ours.
 */
export interface InlineActionItemWire {
  description: string;
  completed: boolean;
  created_at: string | null;
  updated_at: string | null;
  due_at: string | null;
  completed_at: string | null;
  conversation_id: string | null;
  id: string;
  owner: string | null;
  segment_ids: string[];
}

/** A calendar event found in a conversation; `duration` in minutes. `segment_ids` is ours. */
export interface CalendarEventWire {
  title: string;
  description: string;
  start: string;
  duration: number;
  created: boolean;
  segment_ids: string[];
}

export interface StructuredWire {
  title: string;
  overview: string;
  emoji: string;
  category: string;
  action_items: InlineActionItemWire[];
  events: CalendarEventWire[];
}

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
    emoji: structured.emoji,
    category: structured.category,
    action_items: structured.actionItems.map(inlineActionItemToWire),
    events: structured.events.map(calendarEventToWire),
  };
}
