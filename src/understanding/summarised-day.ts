import { DateTime } from 'luxon';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import type { DailySummary } from '../model/conversations/daily-summary.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { memories } from '../model/memory.ts';
import { actionItems } from '../model/tasks/action-item.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader } from '../store/document-store.ts';
import { loadTranscript } from '../transcripts/transcript.ts';

/** A conversation of a day, with what is needed to summarise it. */
export interface DayConversation {
  conversation: Conversation;
  segments: TranscriptSegment[];
  /** Advice and insights of others that were found in it. */
  insights: string[];
}

/** What happened on a user's local day; conversations in the order in which they began. */
export interface SummarisedDay {
  /** `YYYY-MM-DD`. */
  date: string;
  zone: string;
  talks: DayConversation[];
  actionItems: DailySummary['actionItems'];
}

/** Begin and end of a local day in epoch milliseconds; undefined for what is no date. */
export function dayBounds(date: string, zone: string): { from: number; to: number } | undefined {
  const start = DateTime.fromISO(date, { zone });
  if (!start.isValid || !/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const from = start.startOf('day');
  return { from: from.toMillis(), to: from.plus({ days: 1 }).startOf('day').toMillis() - 1 };
}

/**
 * The conversations of a day that have something to tell: completed, neither discarded nor locked,
 * with words, or with an overview made of photos.
 */
export async function loadDay(
  reader: DocumentReader,
  uid: string,
  date: string,
  zone: string,
): Promise<SummarisedDay> {
  const bounds = dayBounds(date, zone);
  const day: SummarisedDay = { date, zone, talks: [], actionItems: [] };
  if (!bounds) return day;
  const request = {
    query: 'recent',
    filters: { status: ['completed'], discarded: false },
    ...bounds,
  } as const;
  for await (const conversation of queryAll(reader, conversations, uid, request)) {
    if (conversation.isLocked) continue;
    const segments = await loadTranscript(reader, uid, conversation);
    if (segments.length === 0 && conversation.structured.overview === '') continue;
    const filters = { conversationId: conversation.id };
    const insights: string[] = [];
    for await (const memory of queryAll(reader, memories, uid, {
      query: 'ofConversation',
      filters,
    })) {
      if (memory.category === 'interesting' && memory.userReview !== false) {
        insights.push(memory.content);
      }
    }
    day.talks.unshift({ conversation, segments, insights });
    for await (const item of queryAll(reader, actionItems, uid, { query: 'recent', filters })) {
      day.actionItems.push({
        description: item.description,
        priority: item.completed ? 'medium' : 'high',
        completed: item.completed,
        sourceConversationId: conversation.id,
      });
    }
  }
  day.talks.sort((a, b) => beganAt(a.conversation) - beganAt(b.conversation));
  return day;
}

/** When a conversation began, epoch milliseconds. */
export function beganAt(conversation: Pick<Conversation, 'startedAt' | 'createdAt'>): number {
  return conversation.startedAt ?? conversation.createdAt;
}

/** How long a conversation was, milliseconds. */
export function lengthOf(conversation: Conversation): number {
  return Math.max(0, (conversation.finishedAt ?? 0) - beganAt(conversation));
}

/** The parts of a day's summary that are counted, not written. */
export function countedParts(
  day: SummarisedDay,
): Pick<DailySummary, 'stats' | 'actionItems' | 'locations'> {
  const totalMs = day.talks.reduce((sum, { conversation }) => sum + lengthOf(conversation), 0);
  return {
    stats: {
      totalConversations: day.talks.length,
      totalDurationMinutes: Math.round(totalMs / 60_000),
      actionItemsCount: day.actionItems.length,
    },
    actionItems: day.actionItems,
    locations: day.talks.flatMap(({ conversation }) => {
      const place = conversation.geolocation;
      if (!place) return [];
      const began = DateTime.fromMillis(beganAt(conversation), { zone: day.zone });
      const { latitude, longitude, address } = place;
      const time = began.toFormat('HH:mm');
      return [{ latitude, longitude, address, conversationId: conversation.id, time }];
    }),
  };
}
