import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { MergeService } from '../../../conversations/merge-service.ts';
import type { SplitService } from '../../../conversations/split-service.ts';

const tags = ['conversations'];

/** Making one conversation of several, and two of one. */
export function conversationJoiningRoutes(deps: {
  merges: MergeService;
  splits: SplitService;
}): FastifyPluginAsyncZod {
  const { merges, splits } = deps;
  return async (app) => {
    app.post(
      '/v1/conversations/merge',
      {
        schema: {
          tags,
          response: {
            200: z.object({
              status: z.literal('merging'),
              message: z.string(),
              warning: z.string().nullable(),
              conversation_ids: z.array(z.string()),
              conversation_id: z.string().describe('The one that they become.'),
            }),
          },
          summary: 'Merge conversations',
          body: z.object({
            conversation_ids: z.array(z.string()).max(1000),
            reprocess: z.boolean().default(true),
          }),
        },
      },
      async ({ uid, body }) => {
        const ids = body.conversation_ids;
        const { warning, conversationId } = await merges.request(uid, ids, body.reprocess);
        return {
          status: 'merging' as const,
          message: 'Merge started',
          warning,
          conversation_ids: ids,
          conversation_id: conversationId,
        };
      },
    );

    app.post(
      '/v1/conversations/:id/split',
      {
        schema: {
          tags,
          response: {
            200: z.object({
              status: z.literal('splitting'),
              message: z.string(),
              conversation_ids: z.array(z.string()),
            }),
          },
          summary: 'Split a conversation; the second begins with the segment',
          params: z.object({ id: z.string() }),
          body: z.object({ segment_id: z.string().min(1) }),
        },
      },
      async ({ uid, params, body }) => ({
        status: 'splitting' as const,
        message: 'Split started',
        conversation_ids: await splits.split(uid, params.id, body.segment_id),
      }),
    );
  };
}
