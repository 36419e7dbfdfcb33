import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenAiSimulator } from '../../simulators/openai-simulator.ts';

// Holds the simulator to the vendor's own client, without our adapter in between.
let simulator: OpenAiSimulator;
let client: OpenAI;
beforeEach(async () => {
  simulator = await OpenAiSimulator.start({ apiKey: 'right' });
  client = new OpenAI({ apiKey: 'right', baseURL: simulator.baseUrl, maxRetries: 0 });
});
afterEach(() => simulator.close());

const tool = {
  type: 'function' as const,
  function: {
    name: 'search_memories',
    parameters: {
      type: 'object',
      properties: { query: { type: 'string' } },
      required: ['query'],
    },
  },
};

describe("the vendor's SDK against the simulator", () => {
  it('chats', async () => {
    const completion = await client.chat.completions.create({
      model: 'sim-model',
      messages: [{ role: 'user', content: 'hello' }],
    });
    expect(completion.choices[0]?.message.content).toBe('You said: hello');
    expect(completion.choices[0]?.finish_reason).toBe('stop');
    expect(completion.usage?.total_tokens).toBeGreaterThan(0);
  });

  it('streams text and usage', async () => {
    const stream = await client.chat.completions.create({
      model: 'sim-model',
      messages: [{ role: 'user', content: 'tell me a rather long story' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let tokens = 0;
    let chunks = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      tokens = chunk.usage?.total_tokens ?? tokens;
      chunks += 1;
    }
    expect(text).toBe('You said: tell me a rather long story');
    expect(chunks).toBeGreaterThan(4);
    expect(tokens).toBeGreaterThan(0);
  });

  it('streams a tool call in pieces, then answers from its result', async () => {
    const question = { role: 'user' as const, content: 'what about the budget?' };
    const runner = client.chat.completions.stream({
      model: 'sim-model',
      messages: [question],
      tools: [tool],
    });
    const message = await runner.finalMessage();
    const call = message.tool_calls?.[0];
    expect(call?.type === 'function' && JSON.parse(call.function.arguments)).toEqual({
      query: 'what about the budget?',
    });
    const answer = await client.chat.completions.create({
      model: 'sim-model',
      tools: [tool],
      messages: [
        question,
        message,
        { role: 'tool', tool_call_id: call?.id ?? '', content: 'Budget is 5000.' },
      ],
    });
    expect(answer.choices[0]?.message.content).toBe('Found: Budget is 5000.');
  });

  it('holds strict schemas to the rules', async () => {
    const ask = (schema: Record<string, unknown>) =>
      client.chat.completions.create({
        model: 'sim-model',
        messages: [{ role: 'user', content: 'x' }],
        response_format: { type: 'json_schema', json_schema: { name: 's', strict: true, schema } },
      });
    const properties = { a: { type: 'string' } };
    await expect(ask({ type: 'object', properties })).rejects.toBeInstanceOf(
      OpenAI.BadRequestError,
    );
    await expect(
      ask({ type: 'object', properties, additionalProperties: false, required: [] }),
    ).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    const good = await ask({
      type: 'object',
      properties,
      additionalProperties: false,
      required: ['a'],
    });
    expect(JSON.parse(good.choices[0]?.message.content ?? '')).toEqual({ a: 'x' });
  });

  it('embeds in base64 by default and in floats when asked', async () => {
    const input = ['one text', 'another'];
    const packed = await client.embeddings.create({ model: 'm', input });
    const plain = await client.embeddings.create({ model: 'm', input, encoding_format: 'float' });
    expect(simulator.requests.map((r) => r.body.encoding_format)).toEqual(['base64', 'float']);
    const byIndex = (data: OpenAI.Embedding[]) => data.find((item) => item.index === 0)?.embedding;
    const floats = Array.from(Float32Array.from(byIndex(plain.data) ?? []));
    expect(Array.from(byIndex(packed.data) ?? [])).toEqual(floats);
  });

  it('lists models', async () => {
    const page = await client.models.list();
    expect(page.data.map((model) => model.id)).toContain('sim-model');
  });

  it("answers faults as the SDK's own error classes", async () => {
    const ask = () =>
      client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'x' }] });
    simulator.fault = 'unauthorized';
    await expect(ask()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    simulator.fault = 'forbidden';
    await expect(ask()).rejects.toBeInstanceOf(OpenAI.PermissionDeniedError);
    simulator.fault = 'rate-limited';
    await expect(ask()).rejects.toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    simulator.fault = 'server-error';
    await expect(ask()).rejects.toBeInstanceOf(OpenAI.InternalServerError);
    simulator.fault = 'context-too-long';
    await expect(ask()).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
    simulator.fault = 'drop';
    await expect(ask()).rejects.toBeInstanceOf(OpenAI.APIConnectionError);
    simulator.fault = 'hang';
    await expect(
      client.chat.completions.create(
        { model: 'm', messages: [{ role: 'user', content: 'x' }] },
        { timeout: 50 },
      ),
    ).rejects.toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    simulator.fault = 'none';
    const stranger = new OpenAI({ apiKey: 'wrong', baseURL: simulator.baseUrl, maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });
});
