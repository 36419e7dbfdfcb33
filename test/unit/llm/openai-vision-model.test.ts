import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { createOpenAiVisionModel } from '../../../src/llm/adapters/openai/openai-vision-model.ts';
import { makePhoto } from '../../fixtures/photos.ts';
import { OpenAiSimulator } from '../../simulators/openai-simulator.ts';

let simulator: OpenAiSimulator;
beforeAll(async () => {
  simulator = await OpenAiSimulator.start({ apiKey: 'key' });
});
beforeEach(() => {
  simulator.fault = 'none';
});
afterAll(() => simulator.close());

function describeImage(imageBase64: string, options: { apiKey?: string; timeoutMs?: number } = {}) {
  const model = createOpenAiVisionModel({
    apiKey: options.apiKey ?? 'key',
    baseUrl: simulator.baseUrl,
    model: 'sim-model',
    timeoutMs: options.timeoutMs ?? 5_000,
    logger: silentLogger,
  });
  const request = { instructions: 'Say what is there.', imageBase64, mediaType: 'image/jpeg' };
  return model.describeImage(request, new AbortController().signal);
}

describe('the vision model of an OpenAI server', () => {
  it('sends the image as a data URL and answers the text', async () => {
    expect(await describeImage(makePhoto('a lighthouse'))).toBe('I see a lighthouse.');
    expect(simulator.chats.at(-1)).toMatchObject({
      model: 'sim-model',
      messages: [
        { role: 'system', content: 'Say what is there.' },
        { role: 'user', content: [{ type: 'image_url', image_url: { detail: 'low' } }] },
      ],
    });
  });

  it('answers nothing where the model says nothing', async () => {
    expect(await describeImage(makePhoto('darkness'))).toBe('');
  });

  it.each([
    ['server-error', 'provider-unavailable', true],
    ['quota', 'provider-quota', false],
    ['refusal', 'provider-protocol', false],
    ['not-json', 'provider-protocol', true],
    ['drop', 'provider-unavailable', true],
  ] as const)('%s is %s', async (fault, code, retryable) => {
    simulator.fault = fault;
    await expect(describeImage(makePhoto('a door'))).rejects.toMatchObject({ code, retryable });
  });

  it('gives up after its time', async () => {
    simulator.fault = 'hang';
    const asked = describeImage(makePhoto('a door'), { timeoutMs: 100 });
    await expect(asked).rejects.toMatchObject({ code: 'timeout' });
  });

  it('says so where the key is wrong, or the image is none', async () => {
    await expect(describeImage(makePhoto('x'), { apiKey: 'other' })).rejects.toMatchObject({
      code: 'provider-unauthorized',
    });
    await expect(describeImage('AAAA')).rejects.toMatchObject({ code: 'provider-rejected' });
  });
});
