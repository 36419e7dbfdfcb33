import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { createOpenAiLanguageModel } from '../../../src/llm/adapters/openai/openai-language-model.ts';
import { InputTooLongError } from '../../../src/llm/language-model.ts';
import { loadModelSets } from '../../../src/llm/registry.ts';
import { type OpenAiFault, OpenAiSimulator } from '../../simulators/openai-simulator.ts';

const schema = z.object({
  title: z.string().min(1),
  count: z.number().int(),
  note: z.string().optional(),
});
const request = {
  instructions: 'Give a title.',
  input: 'the purple elephant secret',
  schemaName: 'titled',
  schema,
};
const good = { title: 'Elephants', count: 2, note: null };
const never = new AbortController().signal;

let simulator: OpenAiSimulator;
afterEach(() => simulator.close());

async function start(
  fault: OpenAiFault = 'none',
  options: { apiKey?: string; contextChars?: number; models?: string[] } = {},
) {
  simulator = await OpenAiSimulator.start({ fault, ...options });
  return model();
}

function model(changes: { apiKey?: string | null; timeoutMs?: number; model?: string } = {}) {
  return createOpenAiLanguageModel({
    apiKey: 'key',
    baseUrl: simulator.baseUrl,
    model: 'sim-model',
    timeoutMs: 20_000,
    logger: silentLogger,
    ...changes,
  });
}

describe('a structured call', () => {
  it('sends instructions, then data, with a strict schema and nothing that was not asked for', async () => {
    const llm = await start();
    simulator.answerNext(good);
    const result = await llm.generateStructured(request, never);
    expect(result.value).toEqual({ title: 'Elephants', count: 2 });
    expect(result.model).toBe('sim-model');
    expect(result.inputTokens).toBeGreaterThan(0);
    expect(result.outputTokens).toBeGreaterThan(0);
    expect(simulator.requests).toHaveLength(1);
    expect(simulator.requests[0]?.authorization).toBe('Bearer key');
    expect(simulator.chats[0]).toEqual({
      model: 'sim-model',
      messages: [
        { role: 'system', content: 'Give a title.' },
        { role: 'user', content: 'the purple elephant secret' },
      ],
      stream: false,
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'titled',
          strict: true,
          schema: {
            type: 'object',
            properties: {
              title: { type: 'string' },
              count: { type: 'integer' },
              note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
            },
            required: ['title', 'count', 'note'],
            additionalProperties: false,
          },
        },
      },
    });
  });

  it('sends no key to a server that asks for none', async () => {
    await start();
    simulator.answerNext(good);
    await model({ apiKey: null }).generateStructured(request, never);
    expect(simulator.requests[0]?.authorization).toBeUndefined();
  });

  it('is what the registry loads', async () => {
    await start();
    const set = (await loadModelSets())(
      {
        apiKey: null,
        baseUrl: simulator.baseUrl,
        timeoutMs: 20_000,
        logger: silentLogger,
      },
      {
        models: { medium: 'sim-model', small: 'sim-model', nano: 'sim-model', agent: 'sim-model' },
        visionModel: null,
        embeddingModel: 'text-embedding-3-large',
      },
    );
    const llm = set.language.medium;
    simulator.answerNext(good);
    expect((await llm.generateStructured(request, never)).value.title).toBe('Elephants');
  });

  it('reads JSON out of reasoning and fences', async () => {
    const llm = await start('ignores-schema');
    simulator.answerNext(good);
    expect((await llm.generateStructured(request, never)).value.count).toBe(2);
    expect(simulator.requests).toHaveLength(1);
  });
});

describe('repair', () => {
  it('shows the model once what is wrong and adds up the tokens', async () => {
    const llm = await start('wrong-schema-once');
    simulator.answerNext(good, good);
    const result = await llm.generateStructured(request, never);
    expect(result.value.title).toBe('Elephants');
    const [first, second] = simulator.chats;
    expect(second.messages.slice(0, 2)).toEqual(first.messages);
    expect(second.messages[2]).toEqual({
      role: 'assistant',
      content: '{"title":7,"unexpected":true}',
    });
    expect(second.messages[3].content).toContain('count');
    expect(second.messages[3].content).toContain('expected string');
    expect(result.inputTokens).toBeGreaterThan(second.messages.length);
    expect(simulator.requests).toHaveLength(2);
  });

  it('checks what strict mode cannot say', async () => {
    const llm = await start();
    simulator.answerNext({ ...good, title: '' }, good);
    expect((await llm.generateStructured(request, never)).value.title).toBe('Elephants');
    expect(simulator.requests).toHaveLength(2);
  });

  it.each(['garbage', 'partial-json', 'wrong-schema'] as const)(
    'gives up on %s after one',
    async (fault) => {
      const llm = await start(fault);
      await expect(llm.generateStructured(request, never)).rejects.toMatchObject({
        code: 'provider-protocol',
      });
      expect(simulator.requests).toHaveLength(2);
    },
  );
});

describe('a server without schemas', () => {
  it('is asked for plain JSON with the schema in the prompt, from then on', async () => {
    const llm = await start('schema-unsupported');
    simulator.answerNext(good, good);
    await llm.generateStructured(request, never);
    await llm.generateStructured(request, never);
    const formats = simulator.chats.map((body) => body.response_format.type);
    expect(formats).toEqual(['json_schema', 'json_object', 'json_object']);
    const [system, user] = simulator.chats[1].messages;
    expect(system.content.startsWith('Give a title.')).toBe(true);
    expect(system.content).toContain('"required":["title","count","note"]');
    expect(user.content).toBe(request.input);
  });
});

describe('errors', () => {
  it.each([
    ['unauthorized', 'provider-unauthorized', false, 1],
    ['forbidden', 'provider-unauthorized', false, 1],
    ['quota', 'provider-quota', false, 1],
    ['rate-limited', 'provider-quota', true, 2],
    ['server-error', 'provider-unavailable', true, 1],
    ['drop', 'provider-unavailable', true, 1],
    ['not-json', 'provider-protocol', true, 1],
    ['refusal', 'provider-protocol', false, 1],
    ['truncated', 'provider-protocol', true, 1],
    ['context-too-long', 'provider-rejected', false, 1],
  ] as const)('%s is %s', async (fault, code, retryable, requests) => {
    const llm = await start(fault);
    const error = await llm.generateStructured(request, never).catch((e: unknown) => e);
    expect(error).toMatchObject({ code, retryable });
    expect(simulator.requests).toHaveLength(requests);
    // The simulator quotes the prompt in some of its messages; ours must not.
    expect(JSON.stringify([(error as Error).message, (error as Error).cause])).not.toMatch(
      /elephant|"key"|Bearer/,
    );
  });

  it('tells an input that is too long apart', async () => {
    const llm = await start('none', { contextChars: 10 });
    await expect(llm.generateStructured(request, never)).rejects.toBeInstanceOf(InputTooLongError);
  });

  it('a model that is not there is rejected by name', async () => {
    const llm = await start('none', { models: ['other'] });
    await expect(llm.generateStructured(request, never)).rejects.toMatchObject({
      code: 'provider-rejected',
      message: expect.stringContaining('sim-model'),
    });
  });

  it('no server is unavailable', async () => {
    const llm = await start();
    await simulator.close();
    await expect(llm.generateStructured(request, never)).rejects.toMatchObject({
      code: 'provider-unavailable',
    });
    simulator = await OpenAiSimulator.start();
  });

  it.each(['rate-limited-once', 'overloaded-once'] as const)(
    '%s is retried within the call',
    async (fault) => {
      const llm = await start(fault);
      simulator.answerNext(good);
      expect((await llm.generateStructured(request, never)).value.title).toBe('Elephants');
      expect(simulator.requests).toHaveLength(2);
    },
  );

  it.each(['hang', 'stall-body'] as const)(
    '%s ends at the time bound, and so does the request',
    async (fault) => {
      await start(fault);
      const llm = model({ timeoutMs: 150 });
      await expect(llm.generateStructured(request, never)).rejects.toMatchObject({
        code: 'timeout',
      });
      await expect.poll(() => simulator.requests[0]?.cancelled).toBe(true);
    },
  );

  it('gives up when the caller does', async () => {
    const llm = await start('hang');
    const controller = new AbortController();
    const pending = llm.generateStructured(request, controller.signal);
    await expect.poll(() => simulator.requests.length).toBe(1);
    controller.abort();
    await expect(pending).rejects.toMatchObject({ code: 'aborted' });
    await expect(llm.generateStructured(request, controller.signal)).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(simulator.requests).toHaveLength(1);
  });
});

describe('check', () => {
  it('is content with a server that has the model, also as `latest`', async () => {
    await start('none', { models: ['llama3:latest', 'sim-model'] });
    await model().check(never);
    await model({ model: 'llama3' }).check(never);
    expect(simulator.requests.map((r) => `${r.method} ${r.path}`)).toEqual([
      'GET /v1/models',
      'GET /v1/models',
    ]);
  });

  it('names the models that are there', async () => {
    const llm = await start('none', { models: ['alpha', 'beta'] });
    await expect(llm.check(never)).rejects.toMatchObject({
      code: 'provider-rejected',
      message: expect.stringMatching(/does not offer the model sim-model; it offers alpha, beta/),
    });
  });

  it('says that the key is refused', async () => {
    const llm = await start('none', { apiKey: 'right' });
    await expect(llm.check(never)).rejects.toMatchObject({
      code: 'provider-unauthorized',
      message: expect.stringContaining('API key was refused'),
    });
  });

  it('guesses that /v1 is missing', async () => {
    await start();
    const llm = createOpenAiLanguageModel({
      apiKey: null,
      baseUrl: simulator.baseUrl.replace('/v1', ''),
      model: 'sim-model',
      timeoutMs: 20_000,
      logger: silentLogger,
    });
    await expect(llm.check(never)).rejects.toMatchObject({
      message: expect.stringContaining('lack /v1'),
    });
  });

  it('says where nothing answers', async () => {
    const llm = await start();
    const where = simulator.baseUrl;
    await simulator.close();
    await expect(llm.check(never)).rejects.toMatchObject({
      code: 'provider-unavailable',
      message: expect.stringContaining(where),
    });
    simulator = await OpenAiSimulator.start();
  });
});
