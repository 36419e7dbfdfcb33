import type { Config } from '../config/config.ts';
import type { Secrets } from '../config/secrets.ts';
import type { Logger } from '../kernel/logger.ts';
import {
  loadChatModel,
  loadEmbeddingModel,
  loadLanguageModel,
  loadVisionModel,
} from '../llm/registry.ts';

/** The models that are configured; each that is not is null. No request is made yet. */
export async function loadModels({
  config,
  secrets,
  logger,
}: {
  config: Config;
  secrets: Secrets;
  logger: Logger;
}) {
  const { openai } = config;
  if (!openai) {
    return { languageModel: null, embeddingModel: null, visionModel: null, chatModel: null };
  }
  const server = {
    apiKey: secrets.openaiApiKey?.reveal() ?? null,
    baseUrl: openai.baseUrl,
    timeoutMs: openai.timeoutMs,
    logger: logger.child({ subsystem: 'llm' }),
  };
  return {
    languageModel: await loadLanguageModel({ ...server, model: openai.model }),
    chatModel: await loadChatModel({ ...server, model: openai.model }),
    embeddingModel: openai.embeddingModel
      ? await loadEmbeddingModel({ ...server, model: openai.embeddingModel })
      : null,
    visionModel: openai.visionModel
      ? await loadVisionModel({ ...server, model: openai.visionModel })
      : null,
  };
}
