/**
 * Integrations with other products. Two work without a connection of the server: Apple's Health, whose data the
 * phone sends, and Apple's Reminders, which the phone writes itself. Of all others the true state is told: nothing is
 * connected (see `HOSTED_ANSWERS`).
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import { APPLE_HEALTH } from '../../../model/accounts/health-summary.ts';
import { toIso } from '../../../model/timestamp.ts';
import { HealthData, type HealthDataOptions } from '../../../users/health-data.ts';
import type { UserService } from '../../../users/user-service.ts';
import { noContent } from '../../status-ok.ts';

const tags = ['integrations'];
const APPLE_REMINDERS = 'apple_reminders';
const byApp = z.object({ app_key: z.string().max(100) });
const defaultApp = z.object({ default_app: z.string().nullable() });

const count = z.number().nullish();
const list = z.array(z.record(z.string(), z.unknown())).max(1_000).nullish();
/** By days, as a list or by date. */
const byDay = z.union([list, z.record(z.string(), z.unknown())]).nullish();
const healthFields = z.object({
  total_steps: count,
  average_steps_per_day: count,
  daily_steps: byDay,
  total_sleep_hours: count,
  total_in_bed_hours: count,
  sleep_sessions_count: count,
  sleep_sessions: list,
  daily_sleep: byDay,
  heart_rate_average: count,
  heart_rate_min: count,
  heart_rate_max: count,
  total_active_energy: count,
  average_active_energy_per_day: count,
  daily_active_energy: byDay,
  workouts: list,
});

type Deps = HealthDataOptions & { users: UserService };

/** What the phone does itself, health data and reminders, and whether other products are connected. */
export function phoneIntegrationRoutes(deps: Deps): FastifyPluginAsyncZod {
  const health = new HealthData(deps);
  return async (app) => {
    app.get(
      '/v1/integrations/:app_key',
      {
        schema: {
          tags,
          response: { 200: z.object({ connected: z.boolean(), app_key: z.string() }) },
          summary: 'Get whether an integration is connected',
          params: byApp,
        },
      },
      async ({ uid, params: { app_key } }) => ({
        connected: app_key === APPLE_HEALTH && (await health.find(uid)) !== null,
        app_key,
      }),
    );
    app.put(
      '/v1/integrations/apple-health/sync',
      {
        schema: {
          tags,
          summary: "Store a summary of the phone's health data in the place of the one before",
          body: healthFields.extend({
            period_days: z.number().int().min(1).max(366).nullish(),
          }),
          response: {
            200: z.object({
              status: z.literal('ok'),
              app_key: z.string(),
              synced_at: z.string(),
              data_types_synced: z.array(z.string()),
            }),
          },
        },
      },
      async ({ uid, body: { period_days: days, ...sent } }) => {
        const data = Object.fromEntries(
          Object.entries(sent).filter(([, value]) => value !== null && value !== undefined),
        );
        const { syncedAt } = await health.sync(uid, { periodDays: days ?? 7, data });
        return {
          status: 'ok' as const,
          app_key: APPLE_HEALTH,
          synced_at: toIso(syncedAt),
          data_types_synced: Object.keys(data),
        };
      },
    );
    app.delete(
      '/v1/integrations/:app_key',
      {
        schema: {
          tags,
          summary: 'Disconnect an integration; deletes the health data',
          params: byApp,
          response: { 204: noContent },
        },
      },
      async ({ uid, params }, reply) => {
        if (params.app_key !== APPLE_HEALTH) {
          throw new AppError('not-found', 'Integration not found');
        }
        await health.delete(uid);
        return reply.code(204).send();
      },
    );
    taskManagerRoutes(app, deps);
  };
}

function taskManagerRoutes(app: Parameters<FastifyPluginAsyncZod>[0], { users }: Deps): void {
  app.get(
    '/v1/task-integrations',
    {
      schema: {
        tags,
        response: {
          200: z.object({
            integrations: z.record(z.string(), z.object({ connected: z.boolean() })),
            default_app: z.string().nullable(),
          }),
        },
        summary: 'List task managers, and the one that tasks are sent to',
      },
    },
    async ({ uid }) => {
      const app_key = (await users.getUser(uid)).taskManager;
      return {
        integrations: app_key === null ? {} : { [app_key]: { connected: true } },
        default_app: app_key,
      };
    },
  );
  app.get(
    '/v1/task-integrations/default',
    {
      schema: {
        tags,
        response: { 200: defaultApp },
        summary: 'Get the task manager that tasks are sent to',
      },
    },
    async ({ uid }) => ({ default_app: (await users.getUser(uid)).taskManager }),
  );
  app.put(
    '/v1/task-integrations/default',
    {
      schema: {
        tags,
        summary: 'Choose the task manager that tasks are sent to; an empty text for none',
        body: z.object({ app_key: z.string().max(100) }),
        response: { 200: defaultApp },
      },
    },
    async ({ uid, body }) => {
      const wanted = body.app_key === '' ? null : body.app_key;
      if (wanted !== null && wanted !== APPLE_REMINDERS) {
        throw new AppError(
          'bad-request',
          'This server has no connection with this task manager. Apple Reminders works without one.',
        );
      }
      const user = await users.setTaskManager(uid, wanted);
      return { default_app: user.taskManager };
    },
  );
}
