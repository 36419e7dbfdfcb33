/**
 * Features that are not built yet, as far as the app asks for them when it starts:
 * announcements, the agent's machine, fair use, text-to-speech. What is
 * answered is the true state: there is nothing of theirs, and no limit on use.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { HttpError } from '../../http-error.ts';

const PLATFORMS = ['ios', 'android'];
const TRIGGERS = ['app_launch', 'version_upgrade', 'firmware_upgrade'];

export function startupFeatureRoutes(): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/announcements/pending',
      {
        schema: {
          tags: ['system'],
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
      { schema: { ...agent, summary: "The agent's machine: none" } },
      async () => ({ has_vm: false }),
    );
    app.post(
      '/v1/agent/vm-ensure',
      { schema: { ...agent, summary: 'Request a hosted agent machine (not available)' } },
      async () => ({ has_vm: false }),
    );
    app.post(
      '/v1/agent/keepalive',
      { schema: { ...agent, summary: 'Keep the hosted agent machine alive (not available)' } },
      async () => ({ ok: false, reason: 'no_vm' }),
    );
    for (const path of ['/v1/tts/synthesize', '/v2/tts/synthesize']) {
      app.post(path, { schema: { hide: true } }, async () => {
        // The app then speaks by itself; it takes a 404 for a failure.
        throw new HttpError(503, 'This server has no text-to-speech.');
      });
    }
    app.get(
      '/v1/fair-use/status',
      { schema: { tags: ['account'], summary: 'Get usage limits (none)' } },
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
