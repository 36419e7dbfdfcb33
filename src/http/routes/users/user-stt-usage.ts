import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SttBudget, SttUsageService } from '../../../users/stt-usage.ts';

const MAX_DAYS = 366;

const budgetSchema = z.object({
  minutes_per_day: z.number().nullable(),
  used_minutes_today: z.number(),
  exhausted: z.boolean(),
});
const sttUsageSchema = z
  .object({
    budget: budgetSchema.extend({
      renews_at: z.string(),
      providers: z.array(budgetSchema.extend({ provider: z.string() })),
    }),
    days: z.array(
      z.object({
        date: z.string(),
        provider: z.string(),
        sent_minutes: z.number(),
        saved_minutes: z.number(),
        savable_minutes: z.number(),
      }),
    ),
  })
  .meta({ id: 'SttUsage' });

/** What was sent to speech-to-text services for the user, and what is left of the day's budget. */
export function userSttUsageRoutes(deps: { sttUsage: SttUsageService }): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/users/me/stt-usage',
      {
        schema: {
          tags: ['account'],
          response: { 200: sttUsageSchema },
          summary: "Get speech-to-text minutes by provider and day (UTC), and today's budgets",
          querystring: z.object({ days: z.coerce.number().int().min(1).max(MAX_DAYS).default(30) }),
        },
      },
      async ({ uid, query }) => {
        const report = await deps.sttUsage.report(uid, query.days);
        return {
          budget: {
            ...budgetToWire(report),
            renews_at: new Date(report.renewsAt).toISOString(),
            providers: report.providers.map((one) => ({
              provider: one.provider,
              ...budgetToWire(one),
            })),
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

function budgetToWire({ budgetMs, usedTodayMs }: SttBudget) {
  return {
    minutes_per_day: budgetMs === null ? null : toMinutes(budgetMs),
    used_minutes_today: toMinutes(usedTodayMs),
    exhausted: budgetMs !== null && usedTodayMs >= budgetMs,
  };
}

/** Milliseconds as minutes, to the thousandth. */
function toMinutes(ms: number): number {
  return Math.round(ms / 60) / 1000;
}
