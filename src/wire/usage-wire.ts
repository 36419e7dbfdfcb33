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

/**
 * What a user may use on a server of their own: everything, without a limit (0 limits mean that).
 * The counts are of this month.
 */
export function subscriptionToWire(used: UsageStatsWire) {
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
