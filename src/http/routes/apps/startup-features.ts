/**
 * Features that are not built yet, as far as the app asks for them when it starts:
 * announcements, the agent's machine, fair use. What is
 * answered is the true state: there is nothing of theirs, and no limit on use.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { HttpError } from '../../http-error.ts';

const PLATFORMS = ['ios', 'android'];
const TRIGGERS = ['app_launch', 'version_upgrade', 'firmware_upgrade'];

const fairUseSchema = z
  .object({
    stage: z.string(),
    case_ref: z.string(),
    speech_hours_today: z.number(),
    speech_hours_3day: z.number(),
    speech_hours_weekly: z.number(),
    limits: z.object({
      daily_hours: z.number(),
      three_day_hours: z.number(),
      weekly_hours: z.number(),
    }),
    usage_pct: z.object({ daily: z.number(), three_day: z.number(), weekly: z.number() }),
    dg_budget: z.number().nullable(),
    message: z.string(),
  })
  .meta({ id: 'FairUse' });

/** Routes of these features. */
export function startupFeatureRoutes(): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/announcements/pending',
      {
        schema: {
          tags: ['system'],
          response: { 200: z.array(z.object({ id: z.string() })) },
          summary: 'List announcements (always empty)',
          querystring: z.object({
            platform: z.string().optional(),
            trigger: z.string().optional(),
          }),
        },
      },
      async ({ query }) => {
        if (query.platform !== undefined && !PLATFORMS.includes(query.platform)) {
          throw new HttpError(400, 'Invalid platform');
        }
        if (query.trigger !== undefined && !TRIGGERS.includes(query.trigger)) {
          throw new HttpError(400, 'Invalid trigger');
        }
        return [];
      },
    );
    const agent = { tags: ['agent'] };
    app.get(
      '/v1/agent/vm-status',
      {
        schema: {
          ...agent,
          response: { 200: z.object({ has_vm: z.boolean() }) },
          summary: "The agent's machine: none",
        },
      },
      async () => ({ has_vm: false }),
    );
    app.post(
      '/v1/agent/vm-ensure',
      {
        schema: {
          ...agent,
          response: { 200: z.object({ has_vm: z.boolean() }) },
          summary: 'Request a hosted agent machine (not available)',
        },
      },
      async () => ({ has_vm: false }),
    );
    app.post(
      '/v1/agent/keepalive',
      {
        schema: {
          ...agent,
          response: { 200: z.object({ ok: z.boolean(), reason: z.string() }) },
          summary: 'Keep the hosted agent machine alive (not available)',
        },
      },
      async () => ({ ok: false, reason: 'no_vm' }),
    );
    app.get(
      '/v1/fair-use/status',
      {
        schema: {
          tags: ['account'],
          response: { 200: fairUseSchema },
          summary: 'Get usage limits (none)',
        },
      },
      async () => ({
        stage: 'none',
        case_ref: '',
        speech_hours_today: 0,
        speech_hours_3day: 0,
        speech_hours_weekly: 0,
        limits: { daily_hours: 0, three_day_hours: 0, weekly_hours: 0 },
        usage_pct: { daily: 0, three_day: 0, weekly: 0 },
        dg_budget: null,
        message: 'This server does not limit use.',
      }),
    );
  };
}
