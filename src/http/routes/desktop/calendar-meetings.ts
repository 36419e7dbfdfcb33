import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  CalendarMeetings,
  type CalendarMeetingsOptions,
} from '../../../desktop/calendar-meetings.ts';
import {
  calendarMeetingSchema,
  calendarMeetingToWire,
} from '../../../wire/desktop/desktop-wire.ts';
import { bodyTime, queryInt, queryTime } from '../../query-types.ts';

const tags = ['desktop'];

/** Meetings that a client reads from the calendar of its computer. */
export function calendarMeetingRoutes(deps: CalendarMeetingsOptions): FastifyPluginAsyncZod {
  const meetings = new CalendarMeetings(deps);
  return async (app) => {
    app.post(
      '/v1/calendar/meetings',
      {
        schema: {
          tags,
          summary: 'Store a meeting, or its new state if its event is known',
          body: z.object({
            calendar_event_id: z.string().min(1).max(1_000),
            calendar_source: z.string().min(1).max(200).default('system_calendar'),
            title: z.string().min(1).max(1_000),
            start_time: bodyTime(),
            end_time: bodyTime(),
            platform: z.string().max(200).nullish(),
            meeting_link: z.string().max(2_000).nullish(),
            participants: z
              .array(
                z.object({
                  name: z.string().max(300).nullish(),
                  email: z.string().max(300).nullish(),
                }),
              )
              .max(500)
              .nullish(),
            notes: z.string().max(20_000).nullish(),
          }),
          response: {
            200: z.object({
              meeting_id: z.string(),
              calendar_event_id: z.string(),
              message: z.string(),
            }),
          },
        },
      },
      async ({ uid, body }) => {
        const meeting = await meetings.store(uid, {
          eventId: body.calendar_event_id,
          calendarSource: body.calendar_source,
          title: body.title,
          startAt: body.start_time,
          endAt: body.end_time,
          platform: body.platform ?? null,
          link: body.meeting_link ?? null,
          participants: (body.participants ?? []).map(({ name, email }) => ({
            name: name ?? null,
            email: email ?? null,
          })),
          notes: body.notes ?? null,
        });
        return {
          meeting_id: meeting.id,
          calendar_event_id: meeting.eventId,
          message: 'Meeting stored successfully',
        };
      },
    );

    app.get(
      '/v1/calendar/meetings',
      {
        schema: {
          tags,
          summary: 'List meetings by their start, the latest first',
          querystring: z.object({
            start_date: queryTime().optional(),
            end_date: queryTime().optional(),
            limit: queryInt({ min: 1, max: 500 }).default(50),
          }),
          response: { 200: z.array(calendarMeetingSchema) },
        },
      },
      async ({ uid, query }) => {
        const span = { from: query.start_date ?? null, to: query.end_date ?? null };
        return (await meetings.list(uid, span, query.limit)).map(calendarMeetingToWire);
      },
    );

    app.get(
      '/v1/calendar/meetings/:meeting_id',
      {
        schema: {
          tags,
          summary: 'Get a meeting',
          params: z.object({ meeting_id: z.string() }),
          response: { 200: calendarMeetingSchema },
        },
      },
      async ({ uid, params }) => calendarMeetingToWire(await meetings.get(uid, params.meeting_id)),
    );
  };
}
