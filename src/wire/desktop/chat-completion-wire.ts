/** OpenAI's chat completions; https://platform.openai.com/docs/api-reference/chat */
import { z } from 'zod';

const MAX_TEXT = 400_000;
const text = z.string().max(MAX_TEXT);
const part = z.union([
  z.object({ type: z.literal('text'), text }),
  z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) }),
]);
const content = z.union([text, z.array(part).max(100)]);

const toolCall = z.object({
  id: z.string().max(200),
  type: z.literal('function').default('function'),
  function: z.object({ name: z.string().max(200), arguments: text }),
});

/** One message of a request. */
export const completionMessageSchema = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content }),
  z.object({ role: z.literal('user'), content }),
  z.object({
    role: z.literal('assistant'),
    content: content.nullish(),
    tool_calls: z.array(toolCall).max(100).nullish(),
  }),
  z.object({ role: z.literal('tool'), tool_call_id: z.string().max(200), content }),
]);
export type CompletionMessageWire = z.output<typeof completionMessageSchema>;
export type CompletionContentWire = z.output<typeof content>;

/** A request. `model`, `max_tokens` and the like are taken and make no difference. */
export const completionRequestSchema = z.object({
  model: z.string().max(200).nullish(),
  messages: z.array(completionMessageSchema).min(1).max(1_000),
  tools: z
    .array(
      z.object({
        type: z.literal('function').default('function'),
        function: z.object({
          name: z.string().regex(/^[\w-]{1,64}$/u),
          description: z.string().max(20_000).default(''),
          parameters: z.record(z.string(), z.unknown()).default({}),
        }),
      }),
    )
    .max(128)
    .nullish(),
  tool_choice: z.union([z.string().max(20), z.looseObject({ type: z.string().max(20) })]).nullish(),
  stream: z.boolean().nullish(),
});
export type CompletionRequestWire = z.output<typeof completionRequestSchema>;
