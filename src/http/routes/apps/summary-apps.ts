import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SummaryAppDirectory } from '../../../apps/summary-app.ts';
import type { ProcessingService } from '../../../understanding/processing-service.ts';
import type { UserService } from '../../../users/user-service.ts';
import { summaryAppSchema, summaryAppToWire } from '../../../wire/summary-app-wire.ts';
import { goneSignal } from '../../gone-signal.ts';
import { HttpError } from '../../http-error.ts';

const byId = z.object({ id: z.string() });
const tags = ['conversations'];

/** The apps that write summaries of conversations. */
export function summaryAppRoutes(deps: {
  processing: ProcessingService;
  summaryApps: SummaryAppDirectory;
  users: UserService;
}): FastifyPluginAsyncZod {
  const { processing, summaryApps: apps, users } = deps;
  return async (app) => {
    app.get(
      '/v1/conversations/:id/suggested-apps',
      {
        schema: {
          tags,
          response: {
            200: z.object({
              suggested_apps: z.array(summaryAppSchema),
              conversation_id: z.string(),
            }),
          },
          summary: 'List summary apps that fit a conversation',
          params: byId,
        },
      },
      async ({ uid, params }) => ({
        suggested_apps: (await processing.suggestedApps(uid, params.id)).map(summaryAppToWire),
        conversation_id: params.id,
      }),
    );

    app.post(
      '/v1/conversations/:id/test-prompt',
      {
        schema: {
          tags,
          response: { 200: z.object({ summary: z.string() }) },
          summary: 'Run a prompt on a conversation without storing the result',
          params: byId,
          body: z.object({ prompt: z.string().min(1).max(10_000) }),
        },
      },
      async ({ uid, params, body }, reply) => ({
        summary: await processing.tryPrompt(uid, params.id, body.prompt, goneSignal(reply)),
      }),
    );

    app.put(
      '/v1/users/preferences/app',
      {
        schema: {
          tags: ['users'],
          summary: 'Set the default summary app',
          querystring: z.object({ app_id: z.string() }),
          response: { 200: z.object({ status: z.literal('ok'), message: z.string() }) },
        },
      },
      async ({ uid, query }) => {
        const chosen = await apps.find(uid, query.app_id);
        if (!chosen) throw new HttpError(410, 'App not found');
        await users.setPreferredApp(uid, chosen.id);
        return { status: 'ok' as const, message: `${chosen.name} writes the summaries now` };
      },
    );
  };
}
