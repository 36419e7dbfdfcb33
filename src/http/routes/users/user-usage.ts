import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { USAGE_PERIODS, type UsageReports, type UsageStats } from '../../../users/usage-report.ts';
import type { UserService } from '../../../users/user-service.ts';
import {
  chatQuotaSchema,
  subscriptionSchema,
  subscriptionToWire,
  type UsageStatsWire,
  usageReportSchema,
} from '../../../wire/usage-wire.ts';

const tags = ['account'];

export interface UserUsageDeps {
  users: UserService;
  usageReports: UsageReports;
}

/**
 * What the user has used, counted from what is stored. Nothing is sold here, so that the plan is
 * `unlimited` and every quota allows.
 */
export function userUsageRoutes({
  users,
  usageReports: usage,
}: UserUsageDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/users/me/usage',
      {
        schema: {
          tags,
          response: { 200: usageReportSchema },
          summary: 'Get usage in a period',
          querystring: z.object({ period: z.enum(USAGE_PERIODS).default('today') }),
        },
      },
      async ({ uid, query }) => {
        const { timeZone } = await users.getUser(uid);
        const { total, history } = await usage.report(uid, query.period, timeZone);
        return {
          today: null,
          monthly: null,
          yearly: null,
          all_time: null,
          [query.period]: statsToWire(total),
          history: history.map(({ date, stats }) => ({ date, ...statsToWire(stats) })),
        };
      },
    );
    app.get(
      '/v1/users/me/usage-quota',
      {
        schema: {
          tags,
          response: { 200: chatQuotaSchema },
          summary: 'Get the quota of chat questions (unlimited)',
        },
      },
      async () => ({
        plan: 'unlimited',
        plan_type: 'unlimited',
        unit: 'questions',
        used: 0,
        limit: null,
        percent: 0,
        allowed: true,
        reset_at: null,
      }),
    );
    app.get(
      '/v1/users/me/subscription',
      {
        config: { anyKeys: true },
        schema: {
          tags,
          response: { 200: subscriptionSchema },
          summary: "Get the plan (unlimited) and this month's usage",
        },
      },
      async ({ uid }) => {
        const { timeZone } = await users.getUser(uid);
        const { total } = await usage.report(uid, 'monthly', timeZone);
        return subscriptionToWire(statsToWire(total));
      },
    );
  };
}

function statsToWire(stats: UsageStats): UsageStatsWire {
  return {
    transcription_seconds: stats.transcriptionSeconds,
    words_transcribed: stats.wordsTranscribed,
    insights_gained: stats.insightsGained,
    memories_created: stats.memoriesCreated,
    speech_seconds: stats.speechSeconds,
  };
}
