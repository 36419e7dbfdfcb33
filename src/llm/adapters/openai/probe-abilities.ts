import { z } from 'zod';
import { type ChatModelEvent, ToolsUnsupportedError } from '../../chat-model.ts';
import type { ProbedAbilities } from '../../model-server.ts';
import { ModelAbilities } from './model-abilities.ts';
import { createOpenAiChatModel } from './openai-chat-model.ts';
import type { OpenAiOptions } from './openai-client.ts';
import { createOpenAiLanguageModel } from './openai-language-model.ts';

const TOOL = {
  name: 'get_time',
  description: 'Returns the time of day.',
  parameters: {
    type: 'object',
    properties: { zone: { type: 'string' } },
    required: ['zone'],
    additionalProperties: false,
  },
};

/** Finds out with two or three short questions what a model can do. Throws as the model does. */
export async function probeAbilities(
  options: OpenAiOptions,
  signal: AbortSignal,
): Promise<ProbedAbilities> {
  const abilities = new ModelAbilities();
  const server = { ...options, abilities };
  const tools = await probeTools(server, signal);
  await createOpenAiLanguageModel(server).generateStructured(
    {
      instructions: 'Answer with the day of the week that is named.',
      input: 'We meet on Friday.',
      schemaName: 'day',
      schema: z.object({ day: z.string() }),
    },
    signal,
  );
  return {
    tools,
    structured: abilities.takes('json-schema')
      ? 'schema'
      : abilities.takes('json-object')
        ? 'json'
        : 'prompt',
    countsTokens: abilities.takes('stream-options'),
    takesSystemMessages: abilities.takes('system-messages'),
    holdsAnswers: abilities.opensThoughtsUnseen === true,
  };
}

async function probeTools(
  server: OpenAiOptions,
  signal: AbortSignal,
): Promise<ProbedAbilities['tools']> {
  const ask = (tools: (typeof TOOL)[]): AsyncIterable<ChatModelEvent> =>
    createOpenAiChatModel(server).streamChat(
      {
        messages: [
          { role: 'system', text: 'Use your tools.' },
          { role: 'user', text: 'What time is it in Paris? Call get_time.' },
        ],
        tools,
      },
      signal,
    );
  try {
    for await (const event of ask([TOOL])) if (event.type === 'tool-call') return 'yes';
    return 'uncalled';
  } catch (error) {
    if (!(error instanceof ToolsUnsupportedError)) throw error;
    for await (const _event of ask([])) {
      // Read to its end: what is learnt is in the abilities.
    }
    return 'no';
  }
}
