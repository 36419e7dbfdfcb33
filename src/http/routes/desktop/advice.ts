import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AdviceService, type AdviceServiceOptions } from '../../../desktop/advice-service.ts';
import { adviceSchema, adviceToWire } from '../../../wire/desktop/desktop-wire.ts';
import { queryBoolean, queryInt } from '../../query-types.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['desktop'];
const byId = z.object({ id: z.string() });

/** Advice that a desktop app gave its user. */
export function adviceRoutes(deps: AdviceServiceOptions): FastifyPluginAsyncZod {
  const advice = new AdviceService(deps);
  return async (app) => {
    app.post(
      '/v1/advice',
      {
        schema: {
          tags,
          summary: 'Store advice',
          body: z.object({
            content: z.string().min(1).max(10_000),
            category: z.string().max(100).nullish(),
            reasoning: z.string().max(5_000).nullish(),
            source_app: z.string().max(200).nullish(),
            confidence: z.number().min(0).max(1).default(0.5),
            context_summary: z.string().max(5_000).nullish(),
            current_activity: z.string().max(500).nullish(),
          }),
          response: { 200: adviceSchema },
        },
      },
      async ({ uid, body }) =>
        adviceToWire(
          await advice.add(uid, {
            content: body.content,
            category: body.category ?? 'other',
            reasoning: body.reasoning ?? null,
            sourceApp: body.source_app ?? null,
            confidence: body.confidence,
            contextSummary: body.context_summary ?? null,
            currentActivity: body.current_activity ?? null,
          }),
        ),
    );

    app.get(
      '/v1/advice',
      {
        schema: {
          tags,
          summary: 'List advice, newest first',
          querystring: z.object({
            limit: queryInt({ min: 1, max: 1_000 }).default(100),
            offset: queryInt({ min: 0 }).default(0),
            category: z.string().optional(),
            include_dismissed: queryBoolean().optional(),
          }),
          response: { 200: z.array(adviceSchema) },
        },
      },
      async ({ uid, query }) => {
        const filter = {
          category: query.category ?? null,
          includeDismissed: query.include_dismissed ?? false,
        };
        return (await advice.list(uid, filter, query)).map(adviceToWire);
      },
    );

    app.post(
      '/v1/advice/mark-all-read',
      {
        schema: {
          tags,
          summary: 'Mark all advice as read',
          response: { 200: z.object({ status: z.string() }) },
        },
      },
      async ({ uid }) => ({ status: `marked ${await advice.markAllRead(uid)} as read` }),
    );

    app.patch(
      '/v1/advice/:id',
      {
        schema: {
          tags,
          summary: 'Mark advice as read or dismissed',
          params: byId,
          body: z.object({
            is_read: z.boolean().nullish(),
            is_dismissed: z.boolean().nullish(),
          }),
          response: { 200: adviceSchema },
        },
      },
      async ({ uid, params, body }) =>
        adviceToWire(
          await advice.update(uid, params.id, {
            ...(body.is_read == null ? {} : { isRead: body.is_read }),
            ...(body.is_dismissed == null ? {} : { isDismissed: body.is_dismissed }),
          }),
        ),
    );

    app.delete(
      '/v1/advice/:id',
      {
        schema: {
          tags,
          summary: 'Delete advice; if it is absent, that is no error',
          params: byId,
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params }) => {
        await advice.delete(uid, params.id);
        return STATUS_OK;
      },
    );
  };
}
