import { toCategory } from '../../../model/conversations/category.ts';
import {
  conversationSchema,
  emptyStructured,
  geolocationSchema,
  makeConversation,
  structuredSchema,
  toConversationSource,
} from '../../../model/conversations/conversation.ts';
import { isRecord } from './field-codec.ts';
import type { StoredAt, StoredFields } from './layout.ts';
import { timeOf, withDefaults } from './omi-defaults.ts';

/** Returns our conversation from Omi's, or from the result of `storeConversation`. */
export function completeConversation(
  fields: Record<string, unknown>,
  stored: StoredFields,
  at: StoredAt,
): unknown {
  const createdAt = timeOf(fields.createdAt, at);
  const base = makeConversation({ id: at.id, createdAt, status: 'completed' });
  const defaults = {
    ...base,
    startedAt: null,
    finishedAt: null,
    updatedAt: timeOf(fields.finishedAt, at),
    transcriptChunks: hasTranscript(stored.transcript_segments) ? 1 : 0,
    processing: {
      ...base.processing,
      processedAt: base.status === 'completed' ? timeOf(fields.finishedAt, at) : null,
    },
  };
  return withDefaults(
    conversationSchema,
    {
      ...fields,
      source: toConversationSource(textOf(stored.source)),
      geolocation: completeGeolocation(fields.geolocation),
      structured: completeStructured(fields.structured, stored.structured, at.id),
    },
    defaults,
  );
}

/** Uses Omi's name for the length of events. */
export function storeConversation(stored: StoredFields): StoredFields {
  const { structured } = stored;
  if (!isRecord(structured) || !Array.isArray(structured.events)) return stored;
  const events = structured.events.map((event: unknown) => {
    if (!isRecord(event)) return event;
    const { duration_minutes, ...rest } = event;
    return { ...rest, duration: duration_minutes };
  });
  return { ...stored, structured: { ...structured, events } };
}

function completeStructured(fields: unknown, stored: unknown, conversationId: string): unknown {
  if (!isRecord(fields) || !isRecord(stored)) return emptyStructured();
  const actionItems = listOf(fields.actionItems).map((item, i) => {
    const given: Record<string, unknown> = isRecord(item)
      ? item
      : { description: textOf(item) ?? '' };
    return {
      id: `${conversationId}-${i}`,
      completed: false,
      createdAt: null,
      updatedAt: null,
      dueAt: null,
      completedAt: null,
      conversationId,
      owner: null,
      segmentIds: [],
      ...given,
    };
  });
  const storedEvents = listOf(stored.events);
  const events = listOf(fields.events).map((event, i) => {
    const omi = storedEvents[i];
    const minutes = isRecord(omi) ? Number(omi.duration ?? 30) : 30;
    return {
      description: '',
      created: false,
      segmentIds: [],
      ...(isRecord(event) ? event : {}),
      durationMinutes: Number.isFinite(minutes) ? Math.round(minutes) : 30,
    };
  });
  return withDefaults(
    structuredSchema,
    { ...fields, category: toCategory(textOf(fields.category) ?? 'other'), actionItems, events },
    emptyStructured(),
  );
}

/** Omi omits unknown fields of a place. */
function completeGeolocation(fields: unknown): unknown {
  if (!isRecord(fields)) return null;
  const unknown = Object.keys(geolocationSchema.shape).map((name) => [name, null] as const);
  return { ...Object.fromEntries(unknown), ...fields };
}

function hasTranscript(stored: unknown): boolean {
  if (stored instanceof Uint8Array || typeof stored === 'string') return stored.length > 0;
  return Array.isArray(stored) && stored.length > 0;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
