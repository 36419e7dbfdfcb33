import type { Config } from '../config/config.ts';
import type { Secrets } from '../config/secrets.ts';
import type { Logger } from '../kernel/logger.ts';
import type { EmbeddingModel } from '../llm/embedding-model.ts';
import type { ModelSet, ModelSource } from '../llm/model-source.ts';
import { loadModelSets } from '../llm/registry.ts';
import type { SearchEmbeddings } from '../search/search-index.ts';

/** The operator's models, null where none is configured. No request is made yet. */
export async function loadModels({
  config,
  secrets,
  logger,
}: {
  config: Config;
  secrets: Secrets;
  logger: Logger;
}): Promise<ModelSet | null> {
  const { openai } = config;
  if (!openai) return null;
  const openSet = await loadModelSets();
  const { baseUrl, timeoutMs } = openai;
  const apiKey = secrets.openaiApiKey?.reveal() ?? null;
  const subsystem = logger.child({ subsystem: 'llm' });
  return openSet({ apiKey, baseUrl, timeoutMs, logger: subsystem }, openai);
}

/** The embedding model as the index takes it, counted for the user whose texts they are. */
export function countedEmbeddings(
  model: EmbeddingModel | null,
  models: ModelSource,
): SearchEmbeddings | null {
  if (!model) return null;
  return {
    model: model.model,
    embed: (texts, signal, uid) =>
      (models.embeddingModel({ uid, feature: 'embeddings' }) ?? model).embed(texts, signal),
  };
}
