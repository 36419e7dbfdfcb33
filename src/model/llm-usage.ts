import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** What one feature has used of one language model for one user on one day. */
export const llmUsageSchema = z.object({
  /** `<day>:<feature>:<model>`, the model percent-encoded. */
  id: z.string(),
  /** `YYYY-MM-DD` in UTC, the day by which vendors bill. */
  day: z.string(),
  feature: z.string(),
  /** As it was asked for. */
  model: z.string(),
  /** Requests that were answered, whether or not the answer could be used. */
  calls: z.number().int(),
  /** Calls that gave the caller no result; some of them were answered and cost tokens all the same. */
  failedCalls: z.number().int(),
  /** All of the prompts, what the server had cached included. */
  inputTokens: z.number().int(),
  cachedInputTokens: z.number().int(),
  outputTokens: z.number().int(),
  /** US dollars by the prices of that time; null once something was used that has no price. */
  costUsd: z.number().nullable(),
  /** Paid for with a key of the user's own. */
  ownKeyCalls: z.number().int(),
  updatedAt: timestamp,
});
export type LlmUsage = z.infer<typeof llmUsageSchema>;

export const llmUsages = defineCollection({
  name: 'llm_usage',
  scope: 'user',
  schema: llmUsageSchema,
  queries: { byDay: { filters: {}, orderBy: 'day', direction: 'desc' } },
});
