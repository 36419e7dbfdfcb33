import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import type { Webhooks } from '../../../webhooks/webhooks.ts';
import {
  webhookAttemptSchema,
  webhookAttemptToWire,
  webhookDeliverySchema,
  webhookDeliveryToWire,
  webhookSchema,
  webhookSecretSchema,
  webhookSecretToWire,
  webhookToWire,
} from '../../../wire/webhook-wire.ts';
import { goneSignal } from '../../gone-signal.ts';
import { queryInt } from '../../query-types.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['webhooks'];
const byId = z.object({ webhook_id: z.string() });
const byDelivery = byId.extend({ delivery_id: z.string() });

/** Every webhook that is told of the signed-in user: state, log, test, secret. */
export function webhookRoutes(deps: { webhooks: Webhooks }): FastifyPluginAsyncZod {
  return async (app) => {
    listRoutes(app, deps.webhooks);
    changeRoutes(app, deps.webhooks);
  };
}

type App = Parameters<FastifyPluginAsyncZod>[0];

function listRoutes(app: App, { endpoints, log }: Webhooks): void {
  app.get(
    '/v1/webhooks',
    {
      schema: {
        tags,
        summary: 'The webhooks of the user and of the enabled apps',
        response: { 200: z.array(webhookSchema) },
      },
    },
    async ({ uid }) => (await endpoints.list(uid)).map(webhookToWire),
  );
  app.get(
    '/v1/webhooks/:webhook_id',
    { schema: { tags, summary: 'A webhook', params: byId, response: { 200: webhookSchema } } },
    async ({ uid, params }) => webhookToWire(await endpoints.get(uid, params.webhook_id)),
  );
  app.get(
    '/v1/webhooks/:webhook_id/deliveries',
    {
      schema: {
        tags,
        summary: 'What was sent to a webhook, newest first',
        description: 'Kept for 30 days. Live requests are counted, not listed.',
        params: byId,
        querystring: z.object({
          state: z.enum(['waiting', 'delivered', 'failed', 'skipped']).optional(),
          limit: queryInt({ min: 1, max: 200 }).default(50),
          offset: queryInt({ min: 0 }).default(0),
        }),
        response: { 200: z.array(webhookDeliverySchema) },
      },
    },
    async ({ uid, params, query }) => {
      const { limit, offset } = query;
      const page = { state: query.state ?? null, limit, offset };
      return (await log.list(uid, params.webhook_id, page)).map(webhookDeliveryToWire);
    },
  );
  app.get(
    '/v1/webhooks/:webhook_id/deliveries/:delivery_id',
    {
      schema: {
        tags,
        summary: 'One delivery with its requests',
        params: byDelivery,
        response: { 200: webhookDeliverySchema },
      },
    },
    async ({ uid, params }) =>
      webhookDeliveryToWire(await log.get(uid, params.webhook_id, params.delivery_id)),
  );
}

function changeRoutes(app: App, { endpoints, log, secrets }: Webhooks): void {
  app.post(
    '/v1/webhooks/:webhook_id/deliveries/:delivery_id/redeliver',
    {
      schema: {
        tags,
        summary: 'Send a delivery again, under its id',
        params: byDelivery,
        response: { 200: webhookDeliverySchema },
      },
    },
    async ({ uid, params }) =>
      webhookDeliveryToWire(await log.redeliver(uid, params.webhook_id, params.delivery_id)),
  );
  app.post(
    '/v1/webhooks/:webhook_id/test',
    {
      schema: {
        tags,
        summary: 'Send a sample now and tell what came of it',
        params: byId,
        response: { 200: webhookAttemptSchema },
      },
    },
    async ({ uid, params }, reply) =>
      webhookAttemptToWire(await log.test(uid, params.webhook_id, goneSignal(reply))),
  );
  app.post(
    '/v1/webhooks/:webhook_id/enable',
    {
      schema: {
        tags,
        summary: 'Switch a webhook on again',
        params: byId,
        response: { 200: statusOkSchema },
      },
    },
    async ({ uid, params }) => {
      const { id } = await endpoints.get(uid, params.webhook_id);
      await endpoints.setEnabled(uid, id, true);
      return STATUS_OK;
    },
  );
  app.post(
    '/v1/webhooks/:webhook_id/disable',
    {
      schema: {
        tags,
        summary: 'Switch a webhook off; what waits is not sent',
        params: byId,
        response: { 200: statusOkSchema },
      },
    },
    async ({ uid, params }) => {
      const { id } = await endpoints.get(uid, params.webhook_id);
      await endpoints.setEnabled(uid, id, false);
      return STATUS_OK;
    },
  );
  const ownSecret = async (uid: string, id: string) => {
    const endpoint = await endpoints.get(uid, id);
    if (endpoint.secretOwner === uid) return endpoint.id;
    throw new AppError('forbidden', 'Only the owner of the app may read its signing secret.');
  };
  app.get(
    '/v1/webhooks/:webhook_id/secret',
    {
      schema: {
        tags,
        summary: 'The secret that the requests are signed with',
        params: byId,
        response: { 200: webhookSecretSchema },
      },
    },
    async ({ uid, params }) =>
      webhookSecretToWire(await secrets.get(uid, await ownSecret(uid, params.webhook_id))),
  );
  app.post(
    '/v1/webhooks/:webhook_id/secret/rotate',
    {
      schema: {
        tags,
        summary: 'Replace the signing secret; the old one signs beside it for a day',
        params: byId,
        response: { 200: webhookSecretSchema },
      },
    },
    async ({ uid, params }) =>
      webhookSecretToWire(await secrets.rotate(uid, await ownSecret(uid, params.webhook_id))),
  );
}
