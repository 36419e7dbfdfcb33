import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp, toIso } from '../timestamp.ts';

const MINUTE_MS = 60_000;

/** A meeting of the calendar on the user's computer. */
export const calendarMeetingSchema = z.object({
  /** Follows from the event and its calendar, so that an event is stored once. */
  id: z.string(),
  eventId: z.string(),
  calendarSource: z.string(),
  title: z.string(),
  startAt: timestamp,
  endAt: timestamp,
  platform: z.string().nullable(),
  link: z.string().nullable(),
  participants: z.array(z.object({ name: z.string().nullable(), email: z.string().nullable() })),
  notes: z.string().nullable(),
  updatedAt: timestamp,
});
export type CalendarMeeting = z.infer<typeof calendarMeetingSchema>;

export const calendarMeetings = defineCollection({
  name: 'calendar_meetings',
  scope: 'user',
  schema: calendarMeetingSchema,
  encrypted: ['eventId', 'title', 'platform', 'link', 'participants', 'notes'],
  queries: { byStart: { filters: {}, orderBy: 'startAt', direction: 'desc' } },
});

/** Returns a meeting in the form in which clients and conversations carry it. */
export function meetingContextOf(meeting: CalendarMeeting) {
  return {
    calendar_event_id: meeting.eventId,
    title: meeting.title,
    participants: meeting.participants.map(({ name, email }) => ({ name, email })),
    platform: meeting.platform,
    meeting_link: meeting.link,
    start_time: toIso(meeting.startAt),
    duration_minutes: Math.floor((meeting.endAt - meeting.startAt) / MINUTE_MS),
    notes: meeting.notes,
    calendar_source: meeting.calendarSource,
  };
}
