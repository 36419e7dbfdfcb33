import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import {
  createOpenAiEmbeddingModel,
  cutToTokens,
} from '../../../src/llm/adapters/openai/openai-embedding-model.ts';
import { DEFAULT_EMBEDDING_MODEL, loadModelSets } from '../../../src/llm/registry.ts';
import { type OpenAiFault, OpenAiSimulator } from '../../simulators/openai-simulator.ts';

const never = new AbortController().signal;

let simulator: OpenAiSimulator;
afterEach(() => simulator.close());

async function start(fault: OpenAiFault = 'none', options: { maxInputTokens?: number } = {}) {
  simulator = await OpenAiSimulator.start({ fault, ...options });
  return createOpenAiEmbeddingModel({
    apiKey: 'key',
    baseUrl: simulator.baseUrl,
    model: DEFAULT_EMBEDDING_MODEL,
    timeoutMs: 20_000,
    logger: silentLogger,
  });
}

function dot(a: Float32Array | undefined, b: Float32Array | undefined): number {
  return Array.from(a ?? []).reduce((sum, value, i) => sum + value * (b?.[i] ?? Number.NaN), 0);
}

describe('embedding', () => {
  it.each(['none', 'floats-only'] as const)(
    'gives unit vectors in order of the texts (%s)',
    async (fault) => {
      const embeddings = await start(fault);
      const [cat, cats, tax] = await embeddings.embed(
        ['the cat sleeps on the sofa', 'a cat on a sofa', 'quarterly tax report'],
        never,
      );
      for (const vector of [cat, cats, tax]) expect(dot(vector, vector)).toBeCloseTo(1, 5);
      expect(dot(cat, cats)).toBeGreaterThan(dot(cat, tax) + 0.3);
      expect(simulator.requests[0]?.body.model).toBe('text-embedding-3-large');
    },
  );

  it('base64 and floats are the same vectors', async () => {
    const embeddings = await start();
    const [packed] = await embeddings.embed(['same text'], never);
    simulator.fault = 'floats-only';
    const [plain] = await embeddings.embed(['same text'], never);
    expect(dot(packed, plain)).toBeCloseTo(1, 5);
  });

  it('asks nothing for no texts', async () => {
    const embeddings = await start();
    expect(await embeddings.embed([], never)).toEqual([]);
    expect(simulator.requests).toHaveLength(0);
  });

  it('goes in batches bounded by number and by tokens', async () => {
    const embeddings = await start();
    const texts = Array.from({ length: 300 }, (_, i) => `text number ${i}`);
    const vectors = await embeddings.embed(texts, never);
    expect(simulator.requests.map((r) => r.body.input.length)).toEqual([256, 44]);
    const [alone] = await embeddings.embed(['text number 299'], never);
    expect(dot(vectors[299], alone)).toBeCloseTo(1, 5);

    simulator.requests.length = 0;
    await embeddings.embed(
      Array.from({ length: 40 }, () => 'word '.repeat(3_000)),
      never,
    );
    expect(simulator.requests.map((r) => r.body.input.length)).toEqual([26, 14]);
  });

  it('learns from the server how long a text may be', async () => {
    const embeddings = await start('none', { maxInputTokens: 500 });
    await embeddings.embed([`start ${'word '.repeat(2_000)}`, 'short'], never);
    const lengths = simulator.requests.map((r) => r.body.input[0].length);
    expect(lengths.length).toBeGreaterThan(1);
    expect(lengths.at(-1)).toBeLessThanOrEqual(2_000);
    simulator.requests.length = 0;
    await embeddings.embed([`start ${'word '.repeat(2_000)}`], never);
    expect(simulator.requests).toHaveLength(1);
  });

  it('embeds a blank text, which servers refuse', async () => {
    const embeddings = await start();
    expect(await embeddings.embed(['', '  \n'], never)).toHaveLength(2);
    expect(simulator.requests[0]?.body.input).toEqual(['.', '.']);
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
    const embeddings = set.embedding;
    if (!embeddings) throw new Error('There is no embedding model.');
    expect(await embeddings.embed(['hello'], never)).toHaveLength(1);
    await embeddings.check(never);
  });
});

describe('embedding errors', () => {
  it.each([
    ['missing-embedding', 'provider-protocol'],
    ['not-json', 'provider-protocol'],
    ['unauthorized', 'provider-unauthorized'],
    ['quota', 'provider-quota'],
    ['server-error', 'provider-unavailable'],
  ] as const)('%s is %s', async (fault, code) => {
    const embeddings = await start(fault);
    await expect(embeddings.embed(['a', 'b'], never)).rejects.toMatchObject({ code });
  });
});

describe('cutting a text', () => {
  it('leaves what fits, cuts between words, never inside a character', () => {
    expect(cutToTokens('short', 100)).toBe('short');
    expect(cutToTokens('alphabet betamax gamma', 9)).toBe('alphabet betamax');
    const faces = cutToTokens('😀'.repeat(50), 11);
    expect(faces).toBe('😀'.repeat(5));
    expect(cutToTokens('漢'.repeat(50), 10)).toBe('漢'.repeat(6));
  });
});
