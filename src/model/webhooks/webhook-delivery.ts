import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** One request that was made for a delivery. */
export const webhookAttemptSchema = z.object({
  at: timestamp,
  /** Null if there was no response. */
  status: z.number().int().nullable(),
  /** Why there was none, or why it does not count; nobody's words. Null after a success. */
  error: z.string().nullable(),
  durationMs: z.number().int(),
  requestBytes: z.number().int(),
  responseBytes: z.number().int(),
});
export type WebhookAttempt = z.infer<typeof webhookAttemptSchema>;

/**
 * One event for one endpoint, with every request that was made for it. It names what it is about
 * instead of holding it: what the user has deleted is not sent any more.
 */
export const webhookDeliverySchema = z.object({
  /** `webhook-id` of each of its requests: `msg_` and a UUID. */
  id: z.string(),
  endpointId: z.string(),
  kind: z.enum(['memory_creation', 'memory_created', 'day_summary']),
  /** Id of the conversation or summary; empty for a test. */
  subject: z.string(),
  isTest: z.boolean(),
  /** How many webhooks led to the conversation, one after the other. */
  hops: z.number().int(),
  /** `skipped`: what it is about, or the endpoint, is gone or switched off. */
  state: z.enum(['waiting', 'delivered', 'failed', 'skipped']),
  /** When the next request is due; the time of the end once it has ended. */
  dueAt: timestamp,
  /** Requests that count towards the schedule; a redelivery begins anew. */
  tries: z.number().int(),
  /** The last requests, oldest first. */
  attempts: z.array(webhookAttemptSchema),
  createdAt: timestamp,
});
export type WebhookDelivery = z.infer<typeof webhookDeliverySchema>;

export const webhookDeliveries = defineCollection({
  name: 'webhook_deliveries',
  scope: 'user',
  schema: webhookDeliverySchema,
  queries: {
    recent: {
      filters: { endpointId: 'eq', state: 'eq' },
      orderBy: 'createdAt',
      direction: 'desc',
    },
    due: { filters: { endpointId: 'eq', state: 'eq' }, orderBy: 'dueAt', direction: 'asc' },
  },
});
