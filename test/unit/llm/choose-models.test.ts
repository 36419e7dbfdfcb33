import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/config.ts';
import { chooseServerModels } from '../../../src/context/choose-server-models.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { chooseModels } from '../../../src/llm/choose-models.ts';
import { OpenAiSimulator } from '../../simulators/openai-simulator.ts';

describe('choosing among the models that a server lists', () => {
  it.each([
    // Ollama.
    [
      ['llama3.2:latest', 'nomic-embed-text:latest'],
      'llama3.2:latest',
      'nomic-embed-text:latest',
      'llama3.2:latest',
    ],
    [
      ['mxbai-embed-large:latest', 'qwen3:8b', 'llava:7b'],
      'qwen3:8b',
      'mxbai-embed-large:latest',
      'llava:7b',
    ],
    [['gemma3:4b', 'bge-m3:latest'], 'gemma3:4b', 'bge-m3:latest', 'gemma3:4b'],
    // LM Studio.
    [
      ['text-embedding-nomic-embed-text-v1.5', 'qwen/qwen2.5-vl-7b'],
      'qwen/qwen2.5-vl-7b',
      'text-embedding-nomic-embed-text-v1.5',
      'qwen/qwen2.5-vl-7b',
    ],
    // llama.cpp.
    [
      ['/models/Mistral-7B-Instruct.Q4_K_M.gguf'],
      '/models/Mistral-7B-Instruct.Q4_K_M.gguf',
      null,
      '/models/Mistral-7B-Instruct.Q4_K_M.gguf',
    ],
    // vLLM.
    [['openai/gpt-oss-20b'], 'openai/gpt-oss-20b', null, 'openai/gpt-oss-20b'],
    // LiteLLM.
    [
      [
        'whisper-1',
        'tts-1',
        'bge-reranker-v2-m3',
        'claude',
        'gpt-5.4-mini',
        'text-embedding-3-large',
      ],
      'gpt-5.4-mini',
      'text-embedding-3-large',
      'gpt-5.4-mini',
    ],
  ])('%j', (listed, language, embedding, vision) => {
    expect(chooseModels(listed, null)).toEqual({ language, embedding, vision });
  });

  it('chooses none if there is none', () => {
    expect(chooseModels([], null)).toBeNull();
    expect(chooseModels(['nomic-embed-text', 'whisper-large-v3'], null)).toBeNull();
  });

  it('keeps what was chosen as long as it is offered', () => {
    const before = { language: 'b', embedding: 'e5-small', vision: 'b' };
    expect(chooseModels(['a', 'b', 'bge-m3', 'e5-small'], before)).toEqual(before);
    expect(chooseModels(['a', 'bge-m3'], before)).toMatchObject({
      language: 'a',
      embedding: 'bge-m3',
    });
  });
});

describe('models at the start', () => {
  let dataDir: string;
  let simulator: OpenAiSimulator;
  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'omi-models-'));
    simulator = await OpenAiSimulator.start({ models: ['tiny', 'all-minilm'] });
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  const namesOf = (env: Record<string, string>) => {
    const { openai } = readConfig(env);
    if (!openai) throw new Error('no models');
    return openai;
  };
  const choose = (env: Record<string, string>) => {
    const names = namesOf(env);
    const { baseUrl } = names;
    return chooseServerModels(names, { apiKey: null, baseUrl, dataDir, logger: silentLogger });
  };
  const all = (name: string) => ({ medium: name, small: name, nano: name, agent: name });

  it('are those that are named, or OpenAI has, without a request', async () => {
    expect(await choose({ OPENAI_API_KEY: 'k' })).toMatchObject({
      models: all('gpt-5.4-mini'),
      embeddingModel: 'text-embedding-3-large',
      visionModel: 'gpt-5.4-mini',
    });
    const env = {
      OPENAI_BASE_URL: simulator.baseUrl,
      OPENAI_MODEL: 'mine',
      OPENAI_EMBEDDING_MODEL: 'none',
    };
    expect(await choose(env)).toMatchObject({
      models: all('mine'),
      embeddingModel: null,
      visionModel: 'mine',
    });
    expect(simulator.requests).toHaveLength(0);
  });

  it('are taken from the list of any other server, and from before if it does not answer', async () => {
    const env = { OPENAI_BASE_URL: simulator.baseUrl, OPENAI_MODEL_AGENT: 'large' };
    const expected = {
      models: { ...all('tiny'), agent: 'large' },
      embeddingModel: 'all-minilm',
      visionModel: 'tiny',
    };
    expect(await choose(env)).toEqual(expected);
    simulator.fault = 'server-error';
    expect(await choose(env)).toEqual(expected);
    await simulator.close();
    expect(await choose(env)).toEqual(expected);
    expect(await choose({ OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' })).toBeNull();
  });
});
