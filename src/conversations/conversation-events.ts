import type { CalendarEvent, Conversation } from '../model/conversations/conversation.ts';
import { ANY_CONVERSATION, type ConversationService } from './conversation-service.ts';

/** Conversations that are looked through, the newest: an event is rarely far from the talk that names it. */
const MAX_CONVERSATIONS = 1_000;
const MINUTE_MS = 60_000;

/** An event that was found in a conversation. */
export interface ConversationEvent {
  conversation: Conversation;
  /** Its place among the events of the conversation. */
  index: number;
  event: CalendarEvent;
}

/** Returns the events of the newest conversations in the order of their beginning. */
export async function listEvents(
  conversations: Pick<ConversationService, 'page'>,
  uid: string,
  /** Epoch milliseconds, inclusive; null: open. An event that touches the time counts. */
  { from, to }: { from: number | null; to: number | null },
): Promise<ConversationEvent[]> {
  const page = { cursor: null, offset: 0, limit: MAX_CONVERSATIONS };
  const { items } = await conversations.page(uid, ANY_CONVERSATION, page);
  return items
    .flatMap((conversation) =>
      conversation.structured.events.map((event, index) => ({ conversation, index, event })),
    )
    .filter(({ event }) => {
      const end = event.start + event.durationMinutes * MINUTE_MS;
      return (from === null || end >= from) && (to === null || event.start <= to);
    })
    .sort((a, b) => a.event.start - b.event.start);
}
