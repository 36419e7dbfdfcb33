import type { Logger } from '../kernel/logger.ts';
import type { EmbeddingModel } from './embedding-model.ts';
import type { LanguageModel } from './language-model.ts';

/** How to reach a model server that speaks OpenAI's protocol, in the cloud or on this machine. */
export interface ModelServer {
  /** Null for a server that asks for none. */
  apiKey: string | null;
  /** Includes `/v1`: `https://api.openai.com/v1`, `http://127.0.0.1:11434/v1`. */
  baseUrl: string;
  model: string;
  /** Longest time that one call may take, its repair and its retry included, milliseconds. */
  timeoutMs: number;
  logger: Logger;
}

/** Loads the language model of a server that speaks OpenAI's protocol. No request is made yet. */
export async function loadLanguageModel(server: ModelServer): Promise<LanguageModel> {
  const { createOpenAiLanguageModel } = await import('./adapters/openai/openai-language-model.ts');
  return createOpenAiLanguageModel(server);
}

/** Loads the embedding model of a server that speaks OpenAI's protocol. No request is made yet. */
export async function loadEmbeddingModel(server: ModelServer): Promise<EmbeddingModel> {
  const { createOpenAiEmbeddingModel } = await import(
    './adapters/openai/openai-embedding-model.ts'
  );
  return createOpenAiEmbeddingModel(server);
}
