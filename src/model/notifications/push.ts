import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** A browser that gets push messages (Web Push). `id` is the SHA-256 of the endpoint. */
export const pushSubscriptionSchema = z.object({
  id: z.string(),
  /** Address at the push service of the browser's maker. Whoever knows it may send to it. */
  endpoint: z.string(),
  /** Public key of the browser, and the secret that it shares with this server; base64url. */
  p256dh: z.string(),
  auth: z.string(),
  /** What the user recognises it by. */
  name: z.string(),
  createdAt: timestamp,
});
export type PushSubscription = z.infer<typeof pushSubscriptionSchema>;

export const pushSubscriptions = defineCollection({
  name: 'push_subscriptions',
  scope: 'user',
  schema: pushSubscriptionSchema,
  encrypted: ['endpoint', 'p256dh', 'auth', 'name'],
  queries: { recent: { filters: {}, orderBy: 'createdAt', direction: 'desc' } },
});

/** What a user is notified of. */
export const NOTIFICATION_KINDS = ['conversation', 'daily_summary', 'task', 'app_message'] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** Which notifications a user does not want. There is one document, `SETTINGS_ID`. */
export const pushSettingsSchema = z.object({
  id: z.string(),
  off: z.array(z.enum(NOTIFICATION_KINDS)),
});

export const PUSH_SETTINGS_ID = 'push';
export const pushSettings = defineCollection({
  name: 'push_settings',
  scope: 'user',
  schema: pushSettingsSchema,
  queries: {},
});

/**
 * Written just before a notification is sent to one device, so that it is sent once even if the
 * process dies. `id` is `<notification>:<device>`.
 */
export const pushDeliverySchema = z.object({ id: z.string(), at: timestamp });

export const pushDeliveries = defineCollection({
  name: 'push_deliveries',
  scope: 'user',
  schema: pushDeliverySchema,
  queries: { oldest: { filters: {}, orderBy: 'at', direction: 'asc' } },
});
