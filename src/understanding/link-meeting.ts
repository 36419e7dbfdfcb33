import {
  type CalendarMeeting,
  calendarMeetings,
  meetingContextOf,
} from '../model/conversations/calendar-meeting.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { calendarContextOf } from './calendar-context.ts';

/** A talk begins this long before a meeting or after its end at most, as at Omi. */
const MARGIN_MS = 2 * 60_000;
/** Longer ones are days off and the like, which no talk is. */
const MAX_MEETING_MS = 12 * 60 * 60_000;
/** Meetings that begin in the time that is looked at. */
const MAX_MEETINGS = 100;

/**
 * Returns the conversation with the meeting of the user's calendar that it was recorded in, and stores the
 * link. Without such a meeting, and if a client has named one, it is returned as it is.
 */
export async function linkMeeting(
  store: DocumentStore,
  uid: string,
  conversation: Conversation,
): Promise<Conversation> {
  const isSpeech = (conversation.textSource ?? 'audio_transcript') === 'audio_transcript';
  if (!isSpeech || calendarContextOf(conversation) !== null) return conversation;
  const startAt = conversation.startedAt ?? conversation.createdAt;
  const endAt = Math.max(startAt, conversation.finishedAt ?? startAt);
  const { items } = await store.query(calendarMeetings, uid, {
    query: 'byStart',
    from: startAt - MAX_MEETING_MS,
    to: endAt + MARGIN_MS,
    limit: MAX_MEETINGS,
  });
  const meeting = meetingOf(items, { startAt, endAt }, conversation.source === 'desktop');
  if (meeting === null) return conversation;
  const externalData = {
    ...conversation.externalData,
    calendar_meeting_context: meetingContextOf(meeting),
  };
  await store.transact(async (tx) => {
    const stands = await tx.find(conversations, uid, conversation.id);
    if (stands) tx.patch(conversations, uid, conversation.id, { externalData });
  });
  return { ...conversation, externalData };
}

/**
 * Returns the meeting of a talk: of those at the time, the one whose start is nearest. What was not recorded
 * by the computer itself must lie in the meeting for half of its length, because its owner may be elsewhere.
 */
export function meetingOf(
  meetings: readonly CalendarMeeting[],
  talk: { startAt: number; endAt: number },
  isFromComputer: boolean,
): CalendarMeeting | null {
  const found = meetings.filter((meeting) => {
    const { startAt, endAt } = meeting;
    if (endAt - startAt > MAX_MEETING_MS) return false;
    const sharedMs = Math.min(endAt, talk.endAt) - Math.max(startAt, talk.startAt);
    if (isFromComputer) return sharedMs >= -MARGIN_MS;
    return sharedMs > 0 && sharedMs >= (talk.endAt - talk.startAt) / 2;
  });
  const distance = ({ startAt }: CalendarMeeting) => Math.abs(startAt - talk.startAt);
  return found.sort((a, b) => distance(a) - distance(b))[0] ?? null;
}
