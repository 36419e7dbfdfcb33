import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { browserName } from '../../../auth/browser-name.ts';
import { NOTIFICATION_KINDS } from '../../../model/notifications/push.ts';
import { toIso } from '../../../model/timestamp.ts';
import type { PushSubscriptions } from '../../../notifications/push-subscriptions.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['notifications'];
const subscriptionSchema = z
  .object({ id: z.string(), name: z.string(), created_at: z.string() })
  .meta({ id: 'PushSubscription' });
const settingsSchema = z
  .object({
    conversation: z.boolean(),
    daily_summary: z.boolean(),
    task: z.boolean(),
    app_message: z.boolean(),
  })
  .meta({ id: 'PushSettings' });

/** Notifications in browsers (Web Push): where they go, and what about. */
export function pushSubscriptionRoutes(deps: {
  pushSubscriptions: PushSubscriptions;
  pushSender: { publicKey: string };
}): FastifyPluginAsyncZod {
  const { pushSubscriptions: subscriptions, pushSender } = deps;
  return async (app) => {
    app.get(
      '/v1/push/key',
      {
        schema: {
          tags,
          summary: 'The key (`applicationServerKey`) that a browser subscribes with',
          response: { 200: z.object({ public_key: z.string() }) },
        },
      },
      async () => ({ public_key: pushSender.publicKey }),
    );
    app.get(
      '/v1/push/subscriptions',
      {
        schema: {
          tags,
          summary: 'List the browsers that get notifications',
          response: { 200: z.array(subscriptionSchema) },
        },
      },
      async ({ uid }) => (await subscriptions.list(uid)).map(toWire),
    );
    app.post(
      '/v1/push/subscriptions',
      {
        schema: {
          tags,
          summary: 'Send notifications to this browser; takes what `PushSubscription.toJSON` gives',
          body: z.object({
            endpoint: z.string().max(2048),
            keys: z.object({ p256dh: z.string().max(200), auth: z.string().max(100) }),
          }),
          response: { 200: subscriptionSchema },
        },
      },
      async ({ uid, body, headers }) => {
        const name = browserName(headers['user-agent']);
        return toWire(await subscriptions.add(uid, body.endpoint, body.keys, name));
      },
    );
    app.delete(
      '/v1/push/subscriptions/:id',
      {
        schema: {
          tags,
          summary: 'Send no more notifications to a browser',
          params: z.object({ id: z.string().max(100) }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params }) => {
        await subscriptions.remove(uid, params.id);
        return STATUS_OK;
      },
    );
    app.get(
      '/v1/push/settings',
      {
        schema: {
          tags,
          summary: 'What the user is notified of',
          response: { 200: settingsSchema },
        },
      },
      async ({ uid }) => await subscriptions.settings(uid),
    );
    app.patch(
      '/v1/push/settings',
      {
        schema: {
          tags,
          summary: 'Switch kinds of notification on or off; the others stay',
          body: z.object(
            Object.fromEntries(NOTIFICATION_KINDS.map((kind) => [kind, z.boolean().optional()])),
          ),
          response: { 200: settingsSchema },
        },
      },
      async ({ uid, body }) => await subscriptions.setSettings(uid, body),
    );
  };
}

function toWire({ id, name, createdAt }: { id: string; name: string; createdAt: number }) {
  return { id, name, created_at: toIso(createdAt) };
}
