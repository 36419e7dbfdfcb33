import type { Config, OpenAiConfig } from '../config/config.ts';
import type { Secrets } from '../config/secrets.ts';
import type { Logger } from '../kernel/logger.ts';
import type { EmbeddingModel } from '../llm/embedding-model.ts';
import type { ModelSet, ModelSource } from '../llm/model-source.ts';
import { AUTO_MODEL, loadModelSets, type ModelNames } from '../llm/registry.ts';
import type { SearchEmbeddings } from '../search/search-index.ts';
import { chooseServerModels } from './choose-server-models.ts';

/** If a server did not list its models, the list is requested again after this time, when needed. */
const CHOOSE_AGAIN_MS = 30_000;

/** The models of one configuration. */
export interface LoadedModels {
  /** Returns the operator's current models; null if none is configured. */
  own: () => ModelSet | null;
  /** Models opened with the user's own API key; null if none is held. */
  byUser: (uid: string) => ModelSet | null;
}

/**
 * Opens the models. A request is made only if their names are chosen from the server's list; if the
 * server does not respond, the request is repeated when a model is needed.
 *
 * @param keyOf returns the user's own API key; null if none is held
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
}): Promise<LoadedModels> {
  const { openai, openaiForUserKeys, dataDir } = config;
  const subsystem = logger.child({ subsystem: 'llm' });
  // The vendor's SDK is loaded at the first request.
  const openSet = await loadModelSets();
  const ownKey = secrets.openaiApiKey?.reveal() ?? null;
  const open = (apiKey: string | null, { baseUrl, timeoutMs }: OpenAiConfig, names: ModelNames) =>
    openSet({ apiKey, baseUrl, timeoutMs, logger: subsystem }, names);
  const choose = async () =>
    openai &&
    (await chooseServerModels(openai, {
      apiKey: ownKey,
      baseUrl: openai.baseUrl,
      dataDir,
      logger: subsystem,
    }));
  let names = await choose();
  let own = openai && open(ownKey, openai, names ?? withoutChosen(openai));
  let askedAt = Date.now();
  const chooseAgain = () => {
    if (!openai || names !== null || Date.now() - askedAt < CHOOSE_AGAIN_MS) return;
    askedAt = Date.now();
    void choose().then((found) => {
      if (!found) return;
      names = found;
      own = open(ownKey, openai, found);
    });
  };
  const sets = new Map<string, { key: string; set: ModelSet }>();
  return {
    own: () => {
      chooseAgain();
      return own;
    },
    byUser: (uid) => {
      // Drop the models of keys that are no longer held.
      for (const [other, { key }] of sets) if (keyOf(other) !== key) sets.delete(other);
      const key = keyOf(uid);
      if (!openaiForUserKeys || key === null) return null;
      const set = sets.get(uid)?.set ?? open(key, openaiForUserKeys, names ?? openaiForUserKeys);
      sets.set(uid, { key, set });
      return set;
    },
  };
}

/** Returns the names before the server has listed its models: without embeddings and vision. */
function withoutChosen(names: ModelNames): ModelNames {
  const known = (name: string | null) => (name === AUTO_MODEL ? null : name);
  return {
    models: names.models,
    embeddingModel: known(names.embeddingModel),
    visionModel: known(names.visionModel),
  };
}

/** Returns the embedding model for the search index; its use is counted for the owner of the texts. */
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
