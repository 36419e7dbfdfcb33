import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ChatService } from '../../../chat/chat-service.ts';
import { askOnce } from '../../../developer/ask.ts';
import type { DailySummaries } from '../../../understanding/daily-summaries.ts';
import { dailySummarySchema, dailySummaryToWire } from '../../../wire/daily-summary-wire.ts';
import { goneSignal } from '../../gone-signal.ts';
import { queryInt } from '../../query-types.ts';

const tags = ['developer API'];
const read = { key: { kind: 'dev', scope: 'conversations:read' } } as const;
const day = z.iso.date();
/** A model may need two minutes. */
const ANSWER_TIMEOUT_MS = 120_000;

/** Summaries of days, and questions about them, for programs of the user. */
export function devDayRoutes(deps: {
  dailySummaries: DailySummaries;
  chat: ChatService;
}): FastifyPluginAsyncZod {
  const { dailySummaries, chat } = deps;
  return async (app) => {
    app.get(
      '/v1/dev/user/daily-summaries',
      {
        config: read,
        schema: {
          tags,
          response: { 200: z.array(dailySummarySchema) },
          summary: 'Summaries of days, newest first',
          querystring: z.object({
            limit: queryInt({ min: 1, max: 365 }).default(25),
            offset: queryInt({ min: 0 }).default(0),
            start_date: day.optional(),
            end_date: day.optional(),
          }),
        },
      },
      async ({ uid, query }) => {
        const { limit, offset } = query;
        const range = { from: query.start_date ?? null, to: query.end_date ?? null, offset, limit };
        return (await dailySummaries.list(uid, range)).map(dailySummaryToWire);
      },
    );

    app.get(
      '/v1/dev/user/daily-summaries/:summary_id',
      {
        config: read,
        schema: {
          tags,
          response: { 200: dailySummarySchema },
          summary: 'The summary of a day',
          params: z.object({ summary_id: z.string() }),
        },
      },
      async ({ uid, params }) =>
        dailySummaryToWire(await dailySummaries.get(uid, params.summary_id)),
    );

    app.post(
      '/v1/dev/user/ask',
      {
        config: read,
        handlerTimeout: ANSWER_TIMEOUT_MS,
        schema: {
          tags,
          summary:
            'Ask a question about what was said; nothing is changed and nothing is kept of it',
          body: z.object({ question: z.string().trim().min(1).max(4000) }),
          response: {
            200: z.object({
              answer: z.string(),
              conversations: z.array(
                z.object({ id: z.string(), segment_ids: z.array(z.string()) }),
              ),
            }),
          },
        },
      },
      async ({ uid, body }, reply) => {
        const { text, citations } = await askOnce(chat, uid, body.question, goneSignal(reply));
        return {
          answer: text,
          conversations: citations.map(({ conversationId, segmentIds }) => ({
            id: conversationId,
            segment_ids: [...segmentIds],
          })),
        };
      },
    );
  };
}
