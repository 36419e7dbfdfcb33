import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ConversationRatings } from '../../../conversations/conversation-ratings.ts';
import { queryInt } from '../../query-types.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['conversations'];
const PATH = '/v1/users/analytics/memory_summary';
/** The app writes `null` if it has no reason. */
const reason = z.string().max(500).nullish();

/** The user's thumb for a conversation. Omi's name of the route is older than its word conversation. */
export function conversationRatingRoutes(deps: {
  conversationRatings: ConversationRatings;
}): FastifyPluginAsyncZod {
  const { conversationRatings } = deps;
  return async (app) => {
    app.post(
      PATH,
      {
        schema: {
          tags,
          summary: 'Rate a conversation: 1 up, 0 down, -1 (shown) leaves it as it is',
          querystring: z.object({
            memory_id: z.string().max(200),
            value: queryInt({ min: -1, max: 1 }),
            reason,
          }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, query }) => {
        // The app says -1 when it has shown the question.
        if (query.value < 0) return STATUS_OK;
        const value = query.value === 1 ? 1 : 0;
        const reason = query.reason === 'null' || !query.reason ? null : query.reason;
        await conversationRatings.set(uid, query.memory_id, value, reason);
        return STATUS_OK;
      },
    );

    app.get(
      PATH,
      {
        schema: {
          tags,
          summary: 'Get the rating of a conversation',
          querystring: z.object({ memory_id: z.string().max(200) }),
          response: {
            200: z.object({ has_rating: z.boolean(), rating: z.int().optional() }),
          },
        },
      },
      async ({ uid, query }) => {
        const rating = await conversationRatings.get(uid, query.memory_id);
        return rating === null ? { has_rating: false } : { has_rating: true, rating };
      },
    );
  };
}
