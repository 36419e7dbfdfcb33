import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ChatMessages } from '../../../chat/chat-messages.ts';
import type { ChatSharing } from '../../../chat/chat-sharing.ts';
import { AppError } from '../../../kernel/errors.ts';
import { toIso } from '../../../model/timestamp.ts';
import { publicOrigin } from '../../public-origin.ts';
import { queryInt } from '../../query-types.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['chat'];
const byId = z.object({ id: z.string() });
const ratingBody = z.object({
  rating: z.union([z.literal(1), z.literal(-1)]).nullable(),
  app_version: z.string().nullish(),
});
const REASONS = [
  'too_verbose',
  'incorrect_or_hallucination',
  'not_helpful_or_irrelevant',
  'didnt_follow_instructions',
  'other',
] as const;

/** What users say of answers, links to messages, and how many there are. */
export function chatFeedbackRoutes(deps: {
  chatMessages: ChatMessages;
  chatSharing: ChatSharing;
  /** Configured address of the server, null: the one that a request was sent to. */
  publicUrl: string | null;
}): FastifyPluginAsyncZod {
  const { chatMessages: messages, chatSharing: sharing, publicUrl } = deps;
  return async (app) => {
    for (const version of ['v2', 'v1']) {
      app.post(
        `/${version}/messages/:id/report`,
        {
          schema: {
            tags,
            response: { 200: z.object({ message: z.string() }) },
            summary: 'Report an answer',
            params: byId,
          },
        },
        async ({ uid, params }) => {
          await messages.report(uid, params.id);
          return { message: 'Message reported' };
        },
      );
    }

    for (const path of ['/v2/messages', '/v2/desktop/messages']) {
      app.patch(
        `${path}/:id/rating`,
        {
          schema: {
            tags,
            response: { 200: statusOkSchema },
            summary: 'Rate an answer',
            params: byId,
            body: ratingBody,
          },
        },
        async ({ uid, params, body }) => {
          await messages.rate(uid, params.id, body.rating, null);
          return STATUS_OK;
        },
      );
    }

    app.post(
      '/v1/users/analytics/chat_message',
      {
        schema: {
          response: { 200: statusOkSchema },
          tags,
          summary: 'Rate an answer with a thumb',
          querystring: z.object({
            message_id: z.string(),
            value: queryInt({ min: -1, max: 1 }),
            reason: z.enum(REASONS).optional(),
          }),
        },
      },
      async ({ uid, query }) => {
        const rating = query.value === 1 ? 1 : query.value === -1 ? -1 : null;
        await messages.rate(uid, query.message_id, rating, query.reason ?? null);
        return STATUS_OK;
      },
    );

    app.post(
      '/v2/messages/share',
      {
        schema: {
          response: { 200: z.object({ url: z.string(), token: z.string() }) },
          tags,
          summary: 'Create a share link for messages',
          body: z.object({ message_ids: z.array(z.string()).max(100) }),
        },
      },
      async (request) => {
        const { uid, body } = request;
        if (body.message_ids.length === 0) {
          throw new AppError('bad-request', 'No messages to share');
        }
        const token = await sharing.share(uid, body.message_ids);
        const origin = publicOrigin(request, publicUrl);
        return { url: `${origin}/shared/chat/${token}`, token };
      },
    );

    app.get(
      '/v2/messages/shared/:token',
      {
        config: { public: true },
        schema: {
          response: {
            200: z.object({
              sender_name: z.string(),
              messages: z.array(
                z.object({
                  id: z.string(),
                  text: z.string(),
                  sender: z.enum(['human', 'ai']),
                  created_at: z.string(),
                }),
              ),
              count: z.number(),
            }),
          },
          tags,
          summary: 'Get shared messages',
          params: z.object({ token: z.string() }),
          security: [],
        },
      },
      async ({ params }) => {
        const shared = await sharing.getShared(params.token);
        return {
          sender_name: shared.senderName,
          messages: shared.messages.map(({ id, text, sender, createdAt }) => ({
            id,
            text,
            sender,
            created_at: toIso(createdAt),
          })),
          count: shared.messages.length,
        };
      },
    );

    app.get(
      '/v1/users/stats/chat-messages',
      {
        schema: {
          response: { 200: z.object({ count: z.number() }) },
          tags,
          summary: "Count the user's messages",
        },
      },
      async ({ uid }) => ({ count: await messages.countQuestions(uid) }),
    );
  };
}
