import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { ModelAbilities } from '../../../src/llm/adapters/openai/model-abilities.ts';
import { createOpenAiChatModel } from '../../../src/llm/adapters/openai/openai-chat-model.ts';
import { createOpenAiEmbeddingModel } from '../../../src/llm/adapters/openai/openai-embedding-model.ts';
import { createOpenAiLanguageModel } from '../../../src/llm/adapters/openai/openai-language-model.ts';
import { createOpenAiVisionModel } from '../../../src/llm/adapters/openai/openai-vision-model.ts';
import {
  type ChatModel,
  type ChatModelMessage,
  ImagesUnsupportedError,
  ToolsUnsupportedError,
} from '../../../src/llm/chat-model.ts';
import {
  SECRET_THOUGHT,
  SERVER_FAULTS,
  type ServerFault,
} from '../../simulators/openai-server-faults.ts';
import { OpenAiSimulator } from '../../simulators/openai-simulator.ts';

const never = new AbortController().signal;
const TOOL = {
  name: 'get_memories_tool',
  description: 'Lists memories.',
  parameters: {
    type: 'object',
    properties: { query: { type: 'string' } },
    required: ['query'],
  },
};
const ASKED: ChatModelMessage[] = [
  { role: 'system', text: 'Be short.' },
  { role: 'user', text: 'What about the roof?' },
];

let simulator: OpenAiSimulator;
afterEach(() => simulator.close());

async function start(...faults: ServerFault[]): Promise<void> {
  simulator = await OpenAiSimulator.start();
  for (const fault of faults) simulator.also.add(fault);
}

const server = (changes: object = {}) => ({
  apiKey: null,
  baseUrl: simulator.baseUrl,
  model: 'sim-model',
  timeoutMs: 20_000,
  logger: silentLogger,
  ...changes,
});

/** One answer: what was shown, what is left of it, and the calls. */
async function ask(model: ChatModel, tools = [TOOL]) {
  let text = '';
  let everShown = '';
  let reason = '';
  const calls: [string, string][] = [];
  for await (const event of model.streamChat({ messages: ASKED, tools }, never)) {
    if (event.type === 'text-delta') {
      text += event.text;
      everShown += event.text;
    } else if (event.type === 'text-retract') text = '';
    else if (event.type === 'tool-call') calls.push([event.call.name, event.call.arguments]);
    else reason = event.reason;
  }
  return { text, everShown, calls, reason };
}

const has = (prefix: string) => SERVER_FAULTS.filter((fault) => fault.startsWith(prefix));

describe('a model that thinks aloud', () => {
  it.each(has('think-'))('%s: answers without its thoughts', async (fault) => {
    await start(fault);
    const { text, everShown } = await ask(createOpenAiChatModel(server()), []);
    expect(everShown).not.toContain(SECRET_THOUGHT);
    expect(text).toBe('You said: What about the roof?');
  });

  it.each(has('think-'))('%s: gives data without its thoughts', async (fault) => {
    await start(fault);
    const { value } = await createOpenAiLanguageModel(server()).generateStructured(
      {
        instructions: 'Give a title.',
        input: '[1] Ann (0:00:00): The greenhouse roof leaks.',
        schemaName: 'titled',
        schema: z.object({ title: z.string(), overview: z.string(), list: z.array(z.string()) }),
      },
      never,
    );
    expect(JSON.stringify(value)).not.toContain(SECRET_THOUGHT);
    expect(value.title).toContain('greenhouse');
  });

  it('streams at once as soon as one answer has shown that nothing has to be held back', async () => {
    await start();
    const model = createOpenAiChatModel(server());
    const pieces = async () => {
      let count = 0;
      for await (const event of model.streamChat({ messages: ASKED, tools: [] }, never)) {
        if (event.type === 'text-delta') count += 1;
      }
      return count;
    };
    expect(await pieces()).toBe(1);
    expect(await pieces()).toBeGreaterThan(1);
  });

  it('is held back in every answer if the beginning of its thoughts is missing', async () => {
    await start('think-unopened');
    const model = createOpenAiChatModel(server());
    for (const _ of [1, 2, 3]) {
      expect((await ask(model, [])).everShown).toBe('You said: What about the roof?');
    }
  });

  it('takes back what it began to show if it thinks aloud later', async () => {
    await start();
    const model = createOpenAiChatModel(server());
    await ask(model, []);
    simulator.also.add('think-unopened');
    expect((await ask(model, [])).text).toBe('You said: What about the roof?');
    expect((await ask(model, [])).everShown).not.toContain(SECRET_THOUGHT);
  });
});

describe('a server that does not read tool calls', () => {
  it.each(has('prints-'))('%s: is understood', async (fault) => {
    await start(fault);
    const { calls, everShown, reason } = await ask(createOpenAiChatModel(server()));
    expect(calls).toEqual([['get_memories_tool', expect.any(String)]]);
    expect(JSON.parse(calls[0]?.[1] ?? '')).toEqual({ query: 'What about the roof?' });
    expect(everShown).not.toMatch(/get_memories_tool|[{}<>]/);
    expect(reason).toBe('tool-calls');
  });
});

describe('a server that refuses', () => {
  it.each(has('no-tools'))('%s: is asked without tools from then on', async (fault) => {
    await start(fault);
    const model = createOpenAiChatModel(server());
    await expect(ask(model)).rejects.toBeInstanceOf(ToolsUnsupportedError);
    expect((await ask(model, [])).text).toBe('You said: What about the roof?');
    simulator.requests.length = 0;
    await expect(ask(model)).rejects.toBeInstanceOf(ToolsUnsupportedError);
    expect(simulator.requests).toHaveLength(0);
  });

  it.each(['no-stream-options', 'no-system-messages', 'no-streaming'] as const)(
    '%s: is asked in another way, and only once in vain',
    async (fault) => {
      await start(fault);
      const model = createOpenAiChatModel(server());
      expect((await ask(model, [])).text).toContain('What about the roof?');
      simulator.requests.length = 0;
      const { calls } = await ask(model);
      expect(calls).toHaveLength(1);
      expect(simulator.requests).toHaveLength(1);
    },
  );

  it.each(['no-response-format-400', 'no-response-format-422'] as const)(
    '%s: is told the schema in words, and only once in vain',
    async (fault) => {
      await start(fault, 'no-system-messages');
      const model = createOpenAiLanguageModel(server());
      const request = {
        instructions: 'Give a title.',
        input: '[1] Ann (0:00:00): The greenhouse roof leaks.',
        schemaName: 'titled',
        schema: z.object({ title: z.string() }),
      };
      const { value } = await model.generateStructured(request, never);
      expect(value.title).toContain('greenhouse');
      simulator.requests.length = 0;
      await model.generateStructured(request, never);
      expect(simulator.requests).toHaveLength(1);
      expect(simulator.chats[0].response_format).toBeUndefined();
    },
  );

  it('is shown images once in vain', async () => {
    await start('no-images');
    const abilities = new ModelAbilities();
    const model = createOpenAiChatModel(server({ abilities }));
    const images = [{ mediaType: 'image/png', base64: 'aGVyb24=' }];
    const messages: ChatModelMessage[] = [
      { role: 'user-with-images', text: 'What is it?', images },
    ];
    const look = async () => {
      for await (const _ of model.streamChat({ messages, tools: [] }, never));
    };
    await expect(look()).rejects.toBeInstanceOf(ImagesUnsupportedError);
    await expect(look()).rejects.toBeInstanceOf(ImagesUnsupportedError);
    const photo = { instructions: 'Describe it.', imageBase64: 'aGVyb24=', mediaType: 'image/png' };
    await expect(
      createOpenAiVisionModel(server({ abilities })).describeImage(photo, never),
    ).rejects.toBeInstanceOf(ImagesUnsupportedError);
    expect(simulator.requests).toHaveLength(1);
  });

  it('is not asked again and again about something else', async () => {
    await start();
    simulator.fault = 'context-too-long';
    const model = createOpenAiChatModel(server());
    await expect(ask(model)).rejects.toMatchObject({ code: 'provider-rejected' });
    expect(simulator.requests).toHaveLength(1);
    simulator.fault = 'server-error';
    await expect(ask(model)).rejects.toMatchObject({ code: 'provider-unavailable' });
    expect(simulator.requests).toHaveLength(2);
    simulator.fault = 'none';
    expect((await ask(model)).calls).toHaveLength(1);
  });
});

describe('an answer without an end', () => {
  it.each(['flood-line', 'flood-event', 'flood-text'] as const)(
    '%s: ends with what has arrived',
    async (fault) => {
      await start(fault);
      simulator.also.delete(fault);
      const model = createOpenAiChatModel(server());
      // Nothing is held back any more.
      await ask(model, []);
      simulator.also.add(fault);
      const { text, reason } = await ask(model);
      expect(text).toMatch(/^(?:First words\. |Word after word\. )/);
      expect(text.length).toBeLessThanOrEqual(100_000);
      expect(reason).toBe('too-long');
    },
  );

  it.each(['flood-arguments', 'flood-calls'] as const)('%s: makes no call', async (fault) => {
    await start(fault);
    const { calls, reason } = await ask(createOpenAiChatModel(server()));
    expect(calls).toEqual([]);
    expect(reason).toBe('too-long');
  });

  it('is an error if it is data, an error message or vectors', async () => {
    await start('flood-body');
    const request = { instructions: 'x', input: 'y', schemaName: 's', schema: z.object({}) };
    const tooMuch = { code: 'provider-protocol', retryable: false };
    await expect(
      createOpenAiLanguageModel(server()).generateStructured(request, never),
    ).rejects.toMatchObject(tooMuch);
    simulator.fault = 'flood-body';
    await expect(createOpenAiEmbeddingModel(server()).embed(['one'], never)).rejects.toMatchObject(
      tooMuch,
    );
    simulator.fault = 'none';
    simulator.also.clear();
    simulator.also.add('flood-error');
    await expect(
      createOpenAiLanguageModel(server()).generateStructured(request, never),
    ).rejects.toMatchObject({ code: 'provider-rejected' });
  });
});
