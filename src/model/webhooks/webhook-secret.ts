import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/**
 * What the requests of an endpoint are signed with. `id` is the endpoint's; it lies with the user who
 * may read it: the owner of the webhook, or of the app.
 */
export const webhookSecretSchema = z.object({
  id: z.string(),
  /** `whsec_` and base64. */
  secret: z.string(),
  /** The secret before the last rotation, and until when both sign; null if there is none. */
  previous: z.object({ secret: z.string(), until: timestamp }).nullable(),
  createdAt: timestamp,
});
export type WebhookSecret = z.infer<typeof webhookSecretSchema>;

export const webhookSecrets = defineCollection({
  name: 'webhook_secrets',
  scope: 'user',
  schema: webhookSecretSchema,
  encrypted: ['secret', 'previous'],
  queries: {},
});
