import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { LlmUsage } from '../../model/llm-usage.ts';
import { type LlmUsageCounts, type LlmUsageService, sumUsage } from '../../users/llm-usage.ts';
import { queryInt } from '../query-types.ts';

const tags = ['user'];
const days = queryInt({ min: 1, max: 366 }).default(30);

/** What language models have used for the signed-in user, tokens and dollars. */
export function userLlmUsageRoutes(deps: { llmUsage: LlmUsageService }): FastifyPluginAsyncZod {
  const { llmUsage } = deps;
  return async (app) => {
    app.get(
      '/v1/users/me/llm-usage',
      {
        schema: {
          tags,
          summary: 'Tokens and cost of language models by day, feature and model',
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
          summary: 'The features that used most tokens, the most first',
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
          summary: 'Tokens and cost of all language models together',
          querystring: z.object({ days }),
        },
      },
      async ({ uid, query }) => countsToWire(sumUsage(await llmUsage.report(uid, query.days))),
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
    /** Null where a model without a price was used. */
    cost_usd: counts.costUsd,
    own_key_call_count: counts.ownKeyCalls,
  };
}
