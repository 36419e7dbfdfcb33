import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { FocusSessions, type FocusSessionsOptions } from '../../../desktop/focus-sessions.ts';
import { focusSessionSchema, focusSessionToWire } from '../../../wire/desktop/desktop-wire.ts';
import { queryDay, queryInt } from '../../query-types.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['desktop'];

/** What a desktop app has seen of its user's focus. */
export function focusSessionRoutes(deps: FocusSessionsOptions): FastifyPluginAsyncZod {
  const sessions = new FocusSessions(deps);
  return async (app) => {
    app.post(
      '/v1/focus-sessions',
      {
        schema: {
          tags,
          summary: 'Store a stretch of focus or distraction',
          body: z.object({
            status: z.enum(['focused', 'distracted']),
            app_or_site: z.string().min(1).max(500),
            description: z.string().min(1).max(5_000),
            message: z.string().max(5_000).nullish(),
            duration_seconds: z.number().int().min(0).max(86_400).nullish(),
          }),
          response: { 200: focusSessionSchema },
        },
      },
      async ({ uid, body }) =>
        focusSessionToWire(
          await sessions.add(uid, {
            status: body.status,
            appOrSite: body.app_or_site,
            description: body.description,
            message: body.message ?? null,
            durationSeconds: body.duration_seconds ?? null,
          }),
        ),
    );

    app.get(
      '/v1/focus-sessions',
      {
        schema: {
          tags,
          summary: 'List focus sessions, newest first, of all days or of one day in UTC',
          querystring: z.object({
            limit: queryInt({ min: 1, max: 1_000 }).default(100),
            offset: queryInt({ min: 0 }).default(0),
            date: queryDay().optional(),
          }),
          response: { 200: z.array(focusSessionSchema) },
        },
      },
      async ({ uid, query }) => {
        const found = await sessions.list(uid, query.date ?? null, query);
        return found.map(focusSessionToWire);
      },
    );

    app.delete(
      '/v1/focus-sessions/:id',
      {
        schema: {
          tags,
          summary: 'Delete a focus session; an absent one is no error',
          params: z.object({ id: z.string() }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params }) => {
        await sessions.delete(uid, params.id);
        return STATUS_OK;
      },
    );

    app.get(
      '/v1/focus-stats',
      {
        schema: {
          tags,
          summary: 'Add up focus and distraction of a day in UTC',
          querystring: z.object({ date: queryDay().optional() }),
          response: {
            200: z.object({
              date: z.string(),
              focused_minutes: z.number().int(),
              distracted_minutes: z.number().int(),
              session_count: z.number().int(),
              focused_count: z.number().int(),
              distracted_count: z.number().int(),
              top_distractions: z.array(
                z.object({
                  app_or_site: z.string(),
                  total_seconds: z.number().int(),
                  count: z.number().int(),
                }),
              ),
            }),
          },
        },
      },
      async ({ uid, query }) => {
        const day = query.date ?? sessions.today();
        const stats = await sessions.statsOf(uid, day);
        return {
          date: new Date(day).toISOString().slice(0, 10),
          focused_minutes: Math.floor(stats.focusedSeconds / 60),
          distracted_minutes: Math.floor(stats.distractedSeconds / 60),
          session_count: stats.focusedCount + stats.distractedCount,
          focused_count: stats.focusedCount,
          distracted_count: stats.distractedCount,
          top_distractions: stats.topDistractions.map((one) => ({
            app_or_site: one.appOrSite,
            total_seconds: one.totalSeconds,
            count: one.count,
          })),
        };
      },
    );
  };
}
