import { z } from 'zod';
import { toIso, toIsoOrNull } from '../model/timestamp.ts';
import type { WebhookAttempt, WebhookDelivery } from '../model/webhooks/webhook-delivery.ts';
import type { WebhookEndpoint } from '../model/webhooks/webhook-endpoint.ts';
import type { WebhookSecret } from '../model/webhooks/webhook-secret.ts';

/** A webhook of a user, or of an app that the user has enabled. */
export const webhookSchema = z
  .object({
    id: z.string(),
    /** What it is told of. */
    kind: z.string(),
    /** Where it is sent; null for an app, whose address is its author's business. */
    url: z.string().nullable(),
    app_id: z.string().nullable(),
    app_name: z.string().nullable(),
    enabled: z.boolean(),
    /** Why the server has switched it off: `gone`, if the receiver said 410. */
    disabled_reason: z.string().nullable(),
    /** Live requests since it was made. */
    live: z.object({
      sent: z.number().int(),
      failed: z.number().int(),
      dropped: z.number().int(),
      last_status: z.number().int().nullable(),
      last_at: z.string().nullable(),
    }),
  })
  .meta({ id: 'Webhook' });

/** One request of a delivery. */
export const webhookAttemptSchema = z
  .object({
    at: z.string(),
    status: z.number().int().nullable(),
    error: z.string().nullable(),
    duration_ms: z.number().int(),
    request_bytes: z.number().int(),
    response_bytes: z.number().int(),
  })
  .meta({ id: 'WebhookAttempt' });

/** One event for a webhook, with its requests. */
export const webhookDeliverySchema = z
  .object({
    id: z.string(),
    webhook_id: z.string(),
    kind: z.string(),
    /** The conversation or summary; empty for a test. */
    subject: z.string(),
    is_test: z.boolean(),
    state: z.string(),
    created_at: z.string(),
    /** When the next request is due; null once there will be none. */
    next_at: z.string().nullable(),
    attempts: z.array(webhookAttemptSchema),
  })
  .meta({ id: 'WebhookDelivery' });

export const webhookSecretSchema = z
  .object({
    secret: z.string(),
    /** Until when the secret before signs, too; null if there is none. */
    previous_until: z.string().nullable(),
  })
  .meta({ id: 'WebhookSecret' });

export function webhookToWire(webhook: {
  id: string;
  kind: string;
  url: string;
  app: { id: string; name: string } | null;
  isActive: boolean;
  document: WebhookEndpoint;
}): z.output<typeof webhookSchema> {
  const { id, kind, url, app, isActive, document } = webhook;
  const { sent, failed, dropped, lastStatus, lastAt } = document.live;
  return {
    id,
    kind,
    url: app ? null : url,
    app_id: app?.id ?? null,
    app_name: app?.name ?? null,
    enabled: isActive,
    disabled_reason: document.disabledReason,
    live: { sent, failed, dropped, last_status: lastStatus, last_at: toIsoOrNull(lastAt) },
  };
}

export function webhookAttemptToWire(
  attempt: WebhookAttempt,
): z.output<typeof webhookAttemptSchema> {
  return {
    at: toIso(attempt.at),
    status: attempt.status,
    error: attempt.error,
    duration_ms: attempt.durationMs,
    request_bytes: attempt.requestBytes,
    response_bytes: attempt.responseBytes,
  };
}

export function webhookDeliveryToWire(
  delivery: WebhookDelivery,
): z.output<typeof webhookDeliverySchema> {
  return {
    id: delivery.id,
    webhook_id: delivery.endpointId,
    kind: delivery.kind,
    subject: delivery.subject,
    is_test: delivery.isTest,
    state: delivery.state,
    created_at: toIso(delivery.createdAt),
    next_at: delivery.state === 'waiting' ? toIso(delivery.dueAt) : null,
    attempts: delivery.attempts.map(webhookAttemptToWire),
  };
}

export function webhookSecretToWire(secret: WebhookSecret): z.output<typeof webhookSecretSchema> {
  return { secret: secret.secret, previous_until: toIsoOrNull(secret.previous?.until ?? null) };
}
