import type { Logger } from '../kernel/logger.ts';

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

/** What makes the requests to a server. */
export type ModelFetch = (url: string, init?: RequestInit) => Promise<Response>;

/** A model that a server offers. */
export interface ListedModel {
  id: string;
  /** As the server says it: `library` at Ollama, `llamacpp`, `vllm`; null if it does not. */
  owner: string | null;
}

/** Returns true if a server that lists these models serves the wanted one. */
export function offersModel(
  listed: readonly { id: string; owner?: unknown }[],
  wanted: string,
): boolean {
  return listed.some(
    ({ id, owner }) =>
      // llama.cpp serves its one model under every name, Ollama lists `llama3:latest` for `llama3`.
      owner === 'llamacpp' || id === wanted || id === `${wanted}:latest`,
  );
}

/** What a model can do for this product. */
export interface ProbedAbilities {
  /** `uncalled`: the server takes tools, and the model did not call the one it was told to. */
  tools: 'yes' | 'no' | 'uncalled';
  /** How data of a given shape is asked for. */
  structured: 'schema' | 'json' | 'prompt';
  countsTokens: boolean;
  takesSystemMessages: boolean;
  /** Its thoughts come in the answer without a beginning: each answer is shown when it is complete. */
  holdsAnswers: boolean;
}
