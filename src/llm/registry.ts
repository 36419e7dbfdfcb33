import type { Logger } from '../kernel/logger.ts';
import type { ChatModel } from './chat-model.ts';
import type { EmbeddingModel } from './embedding-model.ts';
import type { LanguageModel } from './language-model.ts';
import type { VisionModel } from './vision-model.ts';

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

/** Loads the chatting model of a server that speaks OpenAI's protocol. No request is made yet. */
export async function loadChatModel(server: ModelServer): Promise<ChatModel> {
  const { createOpenAiChatModel } = await import('./adapters/openai/openai-chat-model.ts');
  return createOpenAiChatModel(server);
}

/** Loads the model that sees, of a server that speaks OpenAI's protocol. No request is made yet. */
export async function loadVisionModel(server: ModelServer): Promise<VisionModel> {
  const { createOpenAiVisionModel } = await import('./adapters/openai/openai-vision-model.ts');
  return createOpenAiVisionModel(server);
}

/** Loads the embedding model of a server that speaks OpenAI's protocol. No request is made yet. */
export async function loadEmbeddingModel(server: ModelServer): Promise<EmbeddingModel> {
  const { createOpenAiEmbeddingModel } = await import(
    './adapters/openai/openai-embedding-model.ts'
  );
  return createOpenAiEmbeddingModel(server);
}
