import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { DailySummaries } from '../../../understanding/daily-summaries.ts';
import { dailySummarySchema, dailySummaryToWire } from '../../../wire/daily-summary-wire.ts';
import { goneSignal } from '../../gone-signal.ts';
import { queryInt } from '../../query-types.ts';
import { optionalBody, STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['notifications'];
const byId = z.object({ id: z.string() });
const listSchema = z.object({ summaries: z.array(dailySummarySchema) });
/** The phone reads what is added here, the web client reads the summary itself. */
const madeSchema = dailySummarySchema.extend({
  status: z.literal('ok'),
  message: z.string(),
  summary_id: z.string(),
  conversations_count: z.int(),
});

/** Summaries of a user's days. */
export function dailySummaryRoutes(deps: {
  dailySummaries: DailySummaries;
}): FastifyPluginAsyncZod {
  const { dailySummaries } = deps;
  return async (app) => {
    app.get(
      '/v1/users/daily-summaries',
      {
        schema: {
          tags,
          response: { 200: listSchema },
          summary: 'List daily summaries, newest first',
          querystring: z.object({
            limit: queryInt({ min: 1, max: 100 }).default(30),
            offset: queryInt({ min: 0 }).default(0),
          }),
        },
      },
      async ({ uid, query }) => {
        const { limit, offset } = query;
        const found = await dailySummaries.list(uid, { from: null, to: null, offset, limit });
        return { summaries: found.map(dailySummaryToWire) };
      },
    );

    app.get(
      '/v1/users/daily-summaries/search',
      {
        schema: {
          tags,
          response: { 200: listSchema },
          summary: 'Search daily summaries by words, newest first',
          querystring: z.object({
            query: z.string().max(500),
            limit: queryInt({ min: 1, max: 100 }).default(10),
          }),
        },
      },
      async ({ uid, query }) => {
        const found = await dailySummaries.search(uid, query.query, query.limit);
        return { summaries: found.map(dailySummaryToWire) };
      },
    );

    app.get(
      '/v1/users/daily-summaries/:id',
      {
        schema: {
          tags,
          response: { 200: dailySummarySchema },
          summary: 'Get a daily summary',
          params: byId,
        },
      },
      async ({ uid, params }) => dailySummaryToWire(await dailySummaries.get(uid, params.id)),
    );

    app.delete(
      '/v1/users/daily-summaries/:id',
      {
        schema: {
          tags,
          summary: 'Delete a daily summary',
          params: byId,
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params }) => {
        await dailySummaries.delete(uid, params.id);
        return STATUS_OK;
      },
    );

    app.post(
      '/v1/users/daily-summary-settings/test',
      {
        schema: {
          tags,
          response: { 200: madeSchema },
          summary: 'Create the summary of a day now',
          body: optionalBody({ date: z.string().max(40).nullish() }),
        },
      },
      async ({ uid, body }, reply) => {
        const date = body.date || null;
        const summary = await dailySummaries.summariseNow(uid, date, goneSignal(reply));
        return {
          status: 'ok' as const,
          message: 'The day was summarised',
          summary_id: summary.id,
          conversations_count: summary.stats.totalConversations,
          ...dailySummaryToWire(summary),
        };
      },
    );
  };
}
