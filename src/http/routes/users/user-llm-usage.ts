import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { LlmUsage } from '../../../model/usage/llm-usage.ts';
import { type LlmUsageCounts, type LlmUsageService, sumUsage } from '../../../users/llm-usage.ts';
import { queryInt } from '../../query-types.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['user'];
const days = queryInt({ min: 1, max: 366 }).default(30);

const tokens = z
  .int()
  .min(0)
  .max(1_000_000_000)
  .nullish()
  .transform((count) => count ?? 0);

/** What the desktop app tells after each of its own turns; `total_tokens` is their sum and not read. */
const reportedUsageSchema = z.object({
  input_tokens: tokens,
  output_tokens: tokens,
  cache_read_tokens: tokens,
  cache_write_tokens: tokens,
  cost_usd: z.number().min(0).max(1_000_000).nullish(),
  /** Who pays: `omi`, or the user's own account. */
  account: z
    .string()
    .regex(/^[\w.-]{1,50}$/u)
    .nullish(),
});

const countsSchema = z.object({
  call_count: z.int(),
  failed_call_count: z.int(),
  input_tokens: z.int(),
  cached_input_tokens: z.int(),
  output_tokens: z.int(),
  total_tokens: z.int(),
  /** Null if a model without a price was used. */
  cost_usd: z.number().nullable(),
  own_key_call_count: z.int(),
});

/** What language models have used for the signed-in user, tokens and dollars. */
export function userLlmUsageRoutes(deps: { llmUsage: LlmUsageService }): FastifyPluginAsyncZod {
  const { llmUsage } = deps;
  return async (app) => {
    app.get(
      '/v1/users/me/llm-usage',
      {
        schema: {
          tags,
          response: {
            200: z.object({
              days: z.array(
                countsSchema.extend({ day: z.string(), feature: z.string(), model: z.string() }),
              ),
              total: countsSchema,
            }),
          },
          summary: 'Get tokens and cost of language models by day, feature and model',
          querystring: z.object({ days }),
        },
      },
      async ({ uid, query }) => {
        const entries = await llmUsage.report(uid, query.days);
        return {
          days: entries.map((entry) => ({
            day: entry.day,
            feature: entry.feature,
            model: entry.model,
            ...countsToWire(entry),
          })),
          total: countsToWire(sumUsage(entries)),
        };
      },
    );

    app.get(
      '/v1/users/me/llm-usage/top-features',
      {
        schema: {
          tags,
          response: { 200: z.array(countsSchema.extend({ feature: z.string() })) },
          summary: 'List features by token usage, highest first',
          querystring: z.object({ days, limit: queryInt({ min: 1, max: 50 }).default(5) }),
        },
      },
      async ({ uid, query }) => {
        const byFeature = new Map<string, LlmUsage[]>();
        for (const entry of await llmUsage.report(uid, query.days)) {
          byFeature.set(entry.feature, [...(byFeature.get(entry.feature) ?? []), entry]);
        }
        return [...byFeature]
          .map(([feature, entries]) => ({ feature, ...countsToWire(sumUsage(entries)) }))
          .sort((a, b) => b.total_tokens - a.total_tokens || a.feature.localeCompare(b.feature))
          .slice(0, query.limit);
      },
    );

    app.get(
      '/v1/users/me/llm-usage/total',
      {
        schema: {
          tags,
          response: { 200: countsSchema.extend({ total_cost_usd: z.number() }) },
          summary: 'Get total tokens and cost of language models',
          querystring: z.object({ days }),
        },
      },
      async ({ uid, query }) => {
        const entries = await llmUsage.report(uid, query.days);
        const known = entries.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
        // A number even if the price of a model is not known: clients read nothing else.
        return { ...countsToWire(sumUsage(entries)), total_cost_usd: known };
      },
    );

    app.post(
      '/v1/users/me/llm-usage',
      {
        schema: {
          tags,
          summary: 'Report model usage of a client',
          body: reportedUsageSchema,
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, body }) => {
        llmUsage.recordReported(uid, {
          account: body.account ?? 'omi',
          inputTokens: body.input_tokens + body.cache_read_tokens + body.cache_write_tokens,
          cachedInputTokens: body.cache_read_tokens,
          outputTokens: body.output_tokens,
          costUsd: body.cost_usd ?? null,
        });
        return STATUS_OK;
      },
    );
  };
}

function countsToWire(counts: LlmUsageCounts | LlmUsage) {
  return {
    call_count: counts.calls,
    failed_call_count: counts.failedCalls,
    input_tokens: counts.inputTokens,
    cached_input_tokens: counts.cachedInputTokens,
    output_tokens: counts.outputTokens,
    total_tokens: counts.inputTokens + counts.outputTokens,
    cost_usd: counts.costUsd,
    own_key_call_count: counts.ownKeyCalls,
  };
}
