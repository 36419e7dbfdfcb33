import type { Config, OpenAiConfig } from '../config/config.ts';
import type { Secrets } from '../config/secrets.ts';
import type { Logger } from '../kernel/logger.ts';
import type { EmbeddingModel } from '../llm/embedding-model.ts';
import type { ModelSet, ModelSource } from '../llm/model-source.ts';
import { loadModelSets } from '../llm/registry.ts';
import type { SearchEmbeddings } from '../search/search-index.ts';

/**
 * The operator's models, null where none is configured, and those that a key of a user's own opens,
 * null where none is at hand. No request is made yet.
 *
 * @param keyOf the key of a user's own, null where none is held
 */
export async function loadModels({
  config,
  secrets,
  logger,
  keyOf,
}: {
  config: Config;
  secrets: Secrets;
  logger: Logger;
  keyOf: (uid: string) => string | null;
}): Promise<{ own: ModelSet | null; byUser: (uid: string) => ModelSet | null }> {
  const { openai, openaiForOwnKeys } = config;
  const subsystem = logger.child({ subsystem: 'llm' });
  // The vendor's SDK itself is loaded at the first request.
  const openSet = await loadModelSets();
  const open = (apiKey: string | null, names: OpenAiConfig) => {
    const { baseUrl, timeoutMs } = names;
    return openSet({ apiKey, baseUrl, timeoutMs, logger: subsystem }, names);
  };
  const sets = new Map<string, { key: string; set: ModelSet }>();
  return {
    own: openai && open(secrets.openaiApiKey?.reveal() ?? null, openai),
    byUser: (uid) => {
      // A key that is not held any more is not kept here either.
      for (const [other, { key }] of sets) if (keyOf(other) !== key) sets.delete(other);
      const key = keyOf(uid);
      if (!openaiForOwnKeys || key === null) return null;
      const set = sets.get(uid)?.set ?? open(key, openaiForOwnKeys);
      sets.set(uid, { key, set });
      return set;
    },
  };
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
