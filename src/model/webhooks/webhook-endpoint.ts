import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** What a developer's own webhooks are told of; `audio_bytes_websocket` is only stored. */
export const DEVELOPER_WEBHOOKS = [
  'audio_bytes',
  'audio_bytes_websocket',
  'memory_created',
  'realtime_transcript',
  'day_summary',
] as const;
export type DeveloperWebhook = (typeof DEVELOPER_WEBHOOKS)[number];

/** What an app's webhook is told of. */
export const APP_TRIGGERS = ['memory_creation', 'transcript_processed', 'audio_bytes'] as const;
export type AppTrigger = (typeof APP_TRIGGERS)[number];

/** What an endpoint is told of. */
export type WebhookKind = DeveloperWebhook | AppTrigger;

/**
 * A receiver of a user's events. Id is `dev_<type>` for the user's own, `app_<app id>` for an enabled
 * app, whose address is in the app. An app has no document until something is counted or switched off.
 */
export const webhookEndpointSchema = z.object({
  id: z.string(),
  /** As the user has set it (audio: `<url>,<seconds>`); empty for an app. */
  url: z.string(),
  enabled: z.boolean(),
  /** Why the server itself has switched it off; null if it has not. `gone`: the receiver said 410. */
  disabledReason: z.enum(['gone']).nullable(),
  /** Live requests (transcripts, audio) by outcome; `dropped` gave way to newer ones. */
  live: z.object({
    sent: z.number().int(),
    failed: z.number().int(),
    dropped: z.number().int(),
    lastStatus: z.number().int().nullable(),
    lastAt: timestamp.nullable(),
  }),
  createdAt: timestamp,
});
export type WebhookEndpoint = z.infer<typeof webhookEndpointSchema>;

export const webhookEndpoints = defineCollection({
  name: 'webhook_endpoints',
  scope: 'user',
  schema: webhookEndpointSchema,
  // An address may carry the receiver's own token.
  encrypted: ['url'],
  queries: { byAge: { filters: {}, orderBy: 'createdAt', direction: 'asc' } },
});

/** Returns an endpoint without an address, on. */
export function makeWebhookEndpoint(id: string, now: number): WebhookEndpoint {
  return {
    id,
    url: '',
    enabled: true,
    disabledReason: null,
    live: { sent: 0, failed: 0, dropped: 0, lastStatus: null, lastAt: null },
    createdAt: now,
  };
}
