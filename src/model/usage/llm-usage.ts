import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** Use of one language model by one feature for one user on one day. */
export const llmUsageSchema = z.object({
  /** `<day>:<feature>:<model>`, the model percent-encoded. */
  id: z.string(),
  /** `YYYY-MM-DD` in UTC, the day by which vendors bill. */
  day: z.string(),
  feature: z.string(),
  /** The name that was requested. */
  model: z.string(),
  /** Requests with a response, whether or not it was usable. */
  calls: z.number().int(),
  /** Calls without a result for the caller; some had a response and used tokens. */
  failedCalls: z.number().int(),
  /** Tokens of the prompts, including cached ones. */
  inputTokens: z.number().int(),
  cachedInputTokens: z.number().int(),
  outputTokens: z.number().int(),
  /** US dollars by the prices of that time; null once a model without a price was used. */
  costUsd: z.number().nullable(),
  /** Calls with an API key of the user's own. */
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
