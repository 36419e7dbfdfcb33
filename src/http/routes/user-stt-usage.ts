import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SttUsageService } from '../../users/stt-usage.ts';

const MAX_DAYS = 366;

/** What was sent to speech-to-text services for the user, and what is left of the day's budget. */
export function userSttUsageRoutes(deps: { sttUsage: SttUsageService }): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/users/me/stt-usage',
      {
        schema: {
          tags: ['account'],
          summary: 'Minutes of speech-to-text by provider and day (UTC), and the budget',
          querystring: z.object({ days: z.coerce.number().int().min(1).max(MAX_DAYS).default(30) }),
        },
      },
      async ({ uid, query }) => {
        const report = await deps.sttUsage.report(uid, query.days);
        const { budgetMs, usedTodayMs, renewsAt } = report;
        return {
          budget: {
            minutes_per_day: budgetMs === null ? null : toMinutes(budgetMs),
            used_minutes_today: toMinutes(usedTodayMs),
            exhausted: budgetMs !== null && usedTodayMs >= budgetMs,
            renews_at: new Date(renewsAt).toISOString(),
          },
          days: report.days.map((usage) => ({
            date: usage.day,
            provider: usage.provider,
            sent_minutes: toMinutes(usage.sentMs),
            saved_minutes: toMinutes(usage.savedMs),
            savable_minutes: toMinutes(usage.savableMs),
          })),
        };
      },
    );
  };
}

/** Milliseconds as minutes, to the thousandth. */
function toMinutes(ms: number): number {
  return Math.round(ms / 60) / 1000;
}
