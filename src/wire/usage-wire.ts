import { z } from 'zod';

/** Counts of a span of time; all are whole numbers. */
export const usageStatsSchema = z
  .object({
    transcription_seconds: z.number(),
    words_transcribed: z.number(),
    insights_gained: z.number(),
    memories_created: z.number(),
    speech_seconds: z.number(),
  })
  .meta({ id: 'UsageStats' });
export type UsageStatsWire = z.output<typeof usageStatsSchema>;

/** Use in a period: its own field has the sum, the other periods are null. */
export const usageReportSchema = z
  .object({
    today: usageStatsSchema.nullable(),
    monthly: usageStatsSchema.nullable(),
    yearly: usageStatsSchema.nullable(),
    all_time: usageStatsSchema.nullable(),
    history: z.array(usageStatsSchema.extend({ date: z.string() })),
  })
  .meta({ id: 'UsageReport' });

/** How many questions a user may ask; no server of one's own limits them. */
export const chatQuotaSchema = z
  .object({
    plan: z.string(),
    plan_type: z.string(),
    unit: z.string(),
    used: z.int(),
    limit: z.int().nullable(),
    percent: z.number(),
    allowed: z.boolean(),
    reset_at: z.string().nullable(),
  })
  .meta({ id: 'ChatQuota' });

/** The plan of a user with this month's use. */
export const subscriptionSchema = z
  .object({
    subscription: z.object({
      plan: z.string(),
      status: z.string(),
      current_period_end: z.int().nullable(),
      stripe_subscription_id: z.string().nullable(),
      current_price_id: z.string().nullable(),
      features: z.array(z.string()),
      cancel_at_period_end: z.boolean(),
      limits: z.object({
        transcription_seconds: z.int().nullable(),
        words_transcribed: z.int().nullable(),
        insights_gained: z.int().nullable(),
        memories_created: z.int().nullable(),
        chat_questions_per_month: z.int().nullable(),
        chat_cost_usd_per_month: z.number().nullable(),
      }),
      deprecated: z.boolean(),
      deprecation_message: z.string().nullable(),
    }),
    transcription_seconds_used: z.number(),
    transcription_seconds_limit: z.number(),
    words_transcribed_used: z.number(),
    words_transcribed_limit: z.number(),
    insights_gained_used: z.number(),
    insights_gained_limit: z.number(),
    memories_created_used: z.number(),
    memories_created_limit: z.number(),
    available_plans: z.array(z.object({ id: z.string(), title: z.string() })),
    show_subscription_ui: z.boolean(),
    chat_quota_used: z.number(),
    chat_quota_unit: z.string().nullable(),
    chat_quota_percent: z.number(),
    chat_quota_allowed: z.boolean(),
    chat_quota_reset_at: z.string().nullable(),
    phone_call_quota: z.object({
      has_access: z.boolean(),
      is_paid: z.boolean(),
      monthly_limit: z.int().nullable(),
      monthly_used: z.int(),
      remaining: z.int().nullable(),
      max_duration_seconds: z.int().nullable(),
      allowed_countries: z.array(z.string()),
      reset_at: z.string().nullable(),
    }),
  })
  .meta({ id: 'Subscription' });

/**
 * What a user may use on a server of their own: everything, without a limit (0 limits mean that).
 * The counts are of this month.
 */
export function subscriptionToWire(used: UsageStatsWire): z.output<typeof subscriptionSchema> {
  return {
    subscription: {
      plan: 'unlimited',
      status: 'active',
      current_period_end: null,
      stripe_subscription_id: null,
      current_price_id: null,
      features: [],
      cancel_at_period_end: false,
      limits: {
        transcription_seconds: null,
        words_transcribed: null,
        insights_gained: null,
        memories_created: null,
        chat_questions_per_month: null,
        chat_cost_usd_per_month: null,
      },
      deprecated: false,
      deprecation_message: null,
    },
    transcription_seconds_used: used.transcription_seconds,
    transcription_seconds_limit: 0,
    words_transcribed_used: used.words_transcribed,
    words_transcribed_limit: 0,
    insights_gained_used: used.insights_gained,
    insights_gained_limit: 0,
    memories_created_used: used.memories_created,
    memories_created_limit: 0,
    available_plans: [],
    show_subscription_ui: false,
    chat_quota_used: 0,
    chat_quota_unit: null,
    chat_quota_percent: 0,
    chat_quota_allowed: true,
    chat_quota_reset_at: null,
    phone_call_quota: {
      has_access: false,
      is_paid: false,
      monthly_limit: null,
      monthly_used: 0,
      remaining: null,
      max_duration_seconds: null,
      allowed_countries: [],
      reset_at: null,
    },
  };
}
