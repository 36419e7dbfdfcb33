import { z } from 'zod';
import type { OnUsage, TokenUsage } from '../../model-usage.ts';

const usageSchema = z.object({
  prompt_tokens: z.number().nonnegative().nullish(),
  completion_tokens: z.number().nonnegative().nullish(),
  prompt_tokens_details: z
    .object({ cached_tokens: z.number().nonnegative().nullish() })
    .nullish()
    .catch(null),
});

/**
 * Tells what an answer has used, whatever else is in it; an answer whose server counts nothing is
 * told of with no tokens.
 * Source: https://platform.openai.com/docs/api-reference/chat/object
 */
export function tellUsage(answer: unknown, model: string, onUsage: OnUsage): void {
  const usage = z.object({ usage: usageSchema }).safeParse(answer).data?.usage;
  onUsage(toUsage(usage, model));
}

function toUsage(usage: z.infer<typeof usageSchema> | undefined, model: string): TokenUsage {
  return {
    model,
    inputTokens: Math.round(usage?.prompt_tokens ?? 0),
    cachedInputTokens: Math.round(usage?.prompt_tokens_details?.cached_tokens ?? 0),
    outputTokens: Math.round(usage?.completion_tokens ?? 0),
  };
}
