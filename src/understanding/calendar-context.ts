import { z } from 'zod';
import type { Conversation } from '../model/conversations/conversation.ts';
import type { CalendarContext } from './understanding-engine.ts';

/** The meeting as clients send it (`calendar_meeting_context`); whatever is odd is left out. */
const contextSchema = z.object({
  title: z.string().min(1),
  start_time: z.union([z.string(), z.number()]).nullish().catch(null),
  duration_minutes: z.number().nullish().catch(null),
  participants: z
    .array(z.object({ name: z.string().nullish(), email: z.string().nullish() }))
    .nullish()
    .catch(null),
  platform: z.string().nullish().catch(null),
  notes: z.string().nullish().catch(null),
});

/** The meeting that a conversation is linked with; null if there is none. */
export function calendarContextOf({
  externalData,
}: Pick<Conversation, 'externalData'>): CalendarContext | null {
  const parsed = contextSchema.safeParse(externalData?.calendar_meeting_context);
  if (!parsed.success) return null;
  const { title, start_time, duration_minutes, participants, platform, notes } = parsed.data;
  return {
    title,
    startsAt: timeOf(start_time),
    durationMinutes: duration_minutes ?? null,
    participants: (participants ?? []).flatMap(({ name, email }) => name || email || []),
    platform: platform || null,
    notes: notes || null,
  };
}

/** ISO 8601, or a Unix time in seconds. */
function timeOf(value: string | number | null | undefined): number | null {
  if (value === null || value === undefined) return null;
  const time = typeof value === 'number' ? value * 1000 : Date.parse(value);
  return Number.isFinite(time) ? time : null;
}
