import type { Config, OpenAiConfig } from '../config/config.ts';
import type { Secrets } from '../config/secrets.ts';
import type { Logger } from '../kernel/logger.ts';
import type { EmbeddingModel } from '../llm/embedding-model.ts';
import type { ModelSet, ModelSource } from '../llm/model-source.ts';
import { AUTO_MODEL, loadModelSets, type ModelNames } from '../llm/registry.ts';
import type { SearchEmbeddings } from '../search/search-index.ts';
import { chooseServerModels } from './choose-server-models.ts';

/** A server that did not list its models is asked again after this long, when one is needed. */
const CHOOSE_AGAIN_MS = 30_000;

/** The models of one configuration. */
export interface LoadedModels {
  /** The operator's at the moment, null if none is configured. */
  own: () => ModelSet | null;
  /** Those that a key of the user's own opens, null if none is at hand. */
  byUser: (uid: string) => ModelSet | null;
}

/**
 * Opens the models. A request is made only if their names are to be chosen from those that the
 * server lists; a server that does not answer is asked again when a model is needed.
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
}): Promise<LoadedModels> {
  const { openai, openaiForUserKeys, dataDir } = config;
  const subsystem = logger.child({ subsystem: 'llm' });
  // The vendor's SDK itself is loaded at the first request.
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
      // A key that is not held any more is not kept here either.
      for (const [other, { key }] of sets) if (keyOf(other) !== key) sets.delete(other);
      const key = keyOf(uid);
      if (!openaiForUserKeys || key === null) return null;
      const set = sets.get(uid)?.set ?? open(key, openaiForUserKeys, names ?? openaiForUserKeys);
      sets.set(uid, { key, set });
      return set;
    },
  };
}

/** Until the server has said what it has: no vectors and no images, which a model is needed for. */
function withoutChosen(names: ModelNames): ModelNames {
  const known = (name: string | null) => (name === AUTO_MODEL ? null : name);
  return {
    models: names.models,
    embeddingModel: known(names.embeddingModel),
    visionModel: known(names.visionModel),
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
