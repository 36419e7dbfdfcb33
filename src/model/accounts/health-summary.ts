import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** Id of the summary that Apple's Health gives. */
export const APPLE_HEALTH = 'apple_health';

/** The last summary of health data that a phone has sent; it replaces the one before. */
export const healthSummarySchema = z.object({
  id: z.literal(APPLE_HEALTH),
  syncedAt: timestamp,
  /** Days that it covers, up to `syncedAt`. */
  periodDays: z.number().int(),
  /** As the phone has sent it, by the names of Omi's app. */
  data: z.record(z.string(), z.unknown()),
});
export type HealthSummary = z.infer<typeof healthSummarySchema>;

export const healthSummaries = defineCollection({
  name: 'health_summaries',
  scope: 'user',
  schema: healthSummarySchema,
  encrypted: ['data'],
  queries: {},
});
