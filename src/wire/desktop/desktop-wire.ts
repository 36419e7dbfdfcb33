import { z } from 'zod';
import {
  type CalendarMeeting,
  meetingContextOf,
} from '../../model/conversations/calendar-meeting.ts';
import type { Advice } from '../../model/desktop/advice.ts';
import type { FocusSession } from '../../model/desktop/focus-session.ts';
import type { ScreenFrame } from '../../model/desktop/screen-frame.ts';
import { toIso } from '../../model/timestamp.ts';

/** A focus session on Omi's wire. */
export const focusSessionSchema = z
  .object({
    id: z.string(),
    status: z.enum(['focused', 'distracted']),
    app_or_site: z.string(),
    description: z.string(),
    message: z.string().nullable(),
    created_at: z.string(),
    duration_seconds: z.number().int().nullable(),
  })
  .meta({ id: 'FocusSession' });

export function focusSessionToWire(session: FocusSession): z.output<typeof focusSessionSchema> {
  return {
    id: session.id,
    status: session.status,
    app_or_site: session.appOrSite,
    description: session.description,
    message: session.message,
    created_at: toIso(session.createdAt),
    duration_seconds: session.durationSeconds,
  };
}

/** Advice on Omi's wire. */
export const adviceSchema = z
  .object({
    id: z.string(),
    content: z.string(),
    category: z.string(),
    reasoning: z.string().nullable(),
    source_app: z.string().nullable(),
    confidence: z.number(),
    context_summary: z.string().nullable(),
    current_activity: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    is_read: z.boolean(),
    is_dismissed: z.boolean(),
  })
  .meta({ id: 'Advice' });

export function adviceToWire(advice: Advice): z.output<typeof adviceSchema> {
  return {
    id: advice.id,
    content: advice.content,
    category: advice.category,
    reasoning: advice.reasoning,
    source_app: advice.sourceApp,
    confidence: advice.confidence,
    context_summary: advice.contextSummary,
    current_activity: advice.currentActivity,
    created_at: toIso(advice.createdAt),
    updated_at: toIso(advice.updatedAt),
    is_read: advice.isRead,
    is_dismissed: advice.isDismissed,
  };
}

/** A meeting on Omi's wire, in the form in which a conversation carries it. */
export const calendarMeetingSchema = z
  .object({
    calendar_event_id: z.string(),
    title: z.string(),
    participants: z.array(z.object({ name: z.string().nullable(), email: z.string().nullable() })),
    platform: z.string().nullable(),
    meeting_link: z.string().nullable(),
    start_time: z.string(),
    duration_minutes: z.number().int(),
    notes: z.string().nullable(),
    calendar_source: z.string(),
  })
  .meta({ id: 'CalendarMeeting' });

export function calendarMeetingToWire(
  meeting: CalendarMeeting,
): z.output<typeof calendarMeetingSchema> {
  return meetingContextOf(meeting);
}

/** What was read from the screen, on the wire. */
export const screenFrameSchema = z
  .object({
    id: z.string(),
    timestamp: z.string(),
    app_name: z.string(),
    window_title: z.string(),
    ocr_text: z.string(),
    device_name: z.string().nullable(),
  })
  .meta({ id: 'ScreenFrame' });

export function screenFrameToWire(frame: ScreenFrame): z.output<typeof screenFrameSchema> {
  return {
    id: frame.id,
    timestamp: toIso(frame.takenAt),
    app_name: frame.appName,
    window_title: frame.windowTitle,
    ocr_text: frame.text,
    device_name: frame.deviceName,
  };
}
