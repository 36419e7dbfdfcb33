import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DEVELOPER_WEBHOOKS } from '../../../model/webhooks/webhook-endpoint.ts';
import type { Webhooks } from '../../../webhooks/webhooks.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['webhooks'];
const byType = z.object({ type: z.enum(DEVELOPER_WEBHOOKS) });

/** The signed-in user's own webhooks, one for each type, as Omi's clients set them. */
export function developerWebhookRoutes(deps: { webhooks: Webhooks }): FastifyPluginAsyncZod {
  const { endpoints } = deps.webhooks;
  return async (app) => {
    app.post(
      '/v1/users/developer/webhook/:type',
      {
        schema: {
          tags,
          summary: 'Set the address of a webhook, and switch it on; an empty one switches it off',
          description:
            'For `audio_bytes` the value is `<url>,<seconds>`: every so many seconds of audio.',
          params: byType,
          body: z.object({ url: z.string().max(2_100) }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params, body }) => {
        await endpoints.setDeveloperUrl(uid, params.type, body.url);
        return STATUS_OK;
      },
    );
    app.get(
      '/v1/users/developer/webhook/:type',
      {
        schema: {
          tags,
          summary: 'The address of a webhook',
          params: byType,
          response: { 200: z.object({ url: z.string().nullable() }) },
        },
      },
      async ({ uid, params }) => ({ url: await endpoints.developerUrl(uid, params.type) }),
    );
    for (const [verb, enabled] of [
      ['enable', true],
      ['disable', false],
    ] as const) {
      app.post(
        `/v1/users/developer/webhook/:type/${verb}`,
        {
          schema: {
            tags,
            summary: enabled ? 'Switch a webhook on' : 'Switch a webhook off',
            params: byType,
            response: { 200: statusOkSchema },
          },
        },
        async ({ uid, params }) => {
          await endpoints.setDeveloperEnabled(uid, params.type, enabled);
          return STATUS_OK;
        },
      );
    }
    app.get(
      '/v1/users/developer/webhooks/status',
      {
        schema: {
          tags,
          summary: 'Which webhooks are on',
          response: {
            200: z.object({
              audio_bytes: z.boolean(),
              memory_created: z.boolean(),
              realtime_transcript: z.boolean(),
              day_summary: z.boolean(),
            }),
          },
        },
      },
      async ({ uid }) => {
        const { audio_bytes_websocket: _, ...status } = await endpoints.developerStatus(uid);
        return status;
      },
    );
  };
}
