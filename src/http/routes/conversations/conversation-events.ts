import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { listEvents } from '../../../conversations/conversation-events.ts';
import type { ConversationService } from '../../../conversations/conversation-service.ts';
import { calendarEventSchema, calendarEventToWire } from '../../../wire/structured-wire.ts';
import { queryTime } from '../../query-types.ts';

const eventSchema = calendarEventSchema
  .extend({
    conversation_id: z.string(),
    conversation_title: z.string(),
    /** Its place among the events of the conversation. */
    index: z.int(),
  })
  .meta({ id: 'ConversationEvent' });

/** The events that were found in what was said. */
export function conversationEventRoutes(deps: {
  conversations: ConversationService;
}): FastifyPluginAsyncZod {
  const { conversations } = deps;
  return async (app) => {
    app.get(
      '/v1/calendar/events',
      {
        schema: {
          tags: ['conversations'],
          summary: 'List the events of the newest 1,000 conversations, the earliest first',
          description:
            'Times are inclusive; an event counts that touches them. `PATCH /v1/conversations/{id}/events` marks one as created in a calendar. Tasks that are due: `GET /v1/action-items?due_start_date=…&due_end_date=…`.',
          querystring: z.object({
            start_date: queryTime().optional(),
            end_date: queryTime().optional(),
          }),
          response: { 200: z.object({ events: z.array(eventSchema) }) },
        },
      },
      async ({ uid, query }) => {
        const between = { from: query.start_date ?? null, to: query.end_date ?? null };
        const found = await listEvents(conversations, uid, between);
        return {
          events: found.map(({ conversation, index, event }) => ({
            ...calendarEventToWire(event),
            conversation_id: conversation.id,
            conversation_title: conversation.structured.title,
            index,
          })),
        };
      },
    );
  };
}
