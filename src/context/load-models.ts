import { isDeepStrictEqual } from 'node:util';
import type { OpenAiConfig } from '../config/config.ts';
import type { EffectiveSettings } from '../config/stored-settings.ts';
import type { Logger } from '../kernel/logger.ts';
import type { EmbeddingModel } from '../llm/embedding-model.ts';
import type { ModelSet, ModelSource } from '../llm/model-source.ts';
import { AUTO_MODEL, loadModelSets, type ModelNames, type OpenModelSet } from '../llm/registry.ts';
import type { SearchEmbeddings } from '../search/search-index.ts';
import { chooseServerModels } from './choose-server-models.ts';

/** If a server did not list its models, the list is requested again after this time, when needed. */
const CHOOSE_AGAIN_MS = 30_000;

/** Which server is asked, and with which key. */
interface ModelSettings {
  openai: OpenAiConfig | null;
  openaiForUserKeys: OpenAiConfig | null;
  apiKey: string | null;
}

interface LoadedModelsOptions {
  /** Where the choice of models is stored. */
  dataDir: string;
  logger: Logger;
  /** Returns the user's own API key; null if none is held. */
  keyOf: (uid: string) => string | null;
}

/** Loads what opens models. No request is made yet. */
export async function loadModels(options: LoadedModelsOptions): Promise<LoadedModels> {
  return new LoadedModels(options, await loadModelSets());
}

/** The models in force, which `use` replaces. */
export class LoadedModels {
  readonly #o: LoadedModelsOptions;
  /** The vendor's SDK is loaded at the first request. */
  readonly #openSet: OpenModelSet;
  readonly #byUser = new Map<string, { key: string; set: ModelSet }>();
  #settings: ModelSettings = { openai: null, openaiForUserKeys: null, apiKey: null };
  #names: ModelNames | null = null;
  #own: ModelSet | null = null;
  #askedAt = 0;

  constructor(options: LoadedModelsOptions, openSet: OpenModelSet) {
    this.#o = options;
    this.#openSet = openSet;
  }

  /**
   * Opens the models of these settings. A request is made only if their names are chosen from the
   * server's list; if the server does not respond, the request is repeated when a model is needed.
   */
  async use({ config, secrets }: EffectiveSettings): Promise<void> {
    const { openai, openaiForUserKeys } = config;
    const apiKey = secrets.openaiApiKey?.reveal() ?? null;
    const settings = { openai, openaiForUserKeys, apiKey };
    if (isDeepStrictEqual(settings, this.#settings)) return;
    const names = await this.#choose(settings);
    this.#settings = settings;
    this.#askedAt = Date.now();
    this.#names = names;
    this.#own = openai && this.#open(apiKey, openai, names ?? withoutChosen(openai));
    this.#byUser.clear();
  }

  /** Returns the operator's current models; null if none is configured. */
  own(): ModelSet | null {
    this.#chooseAgain();
    return this.#own;
  }

  /** Returns the models opened with the user's own API key; null if none is held. */
  byUser(uid: string): ModelSet | null {
    const { keyOf } = this.#o;
    const { openaiForUserKeys } = this.#settings;
    // Drop the models of keys that are no longer held.
    for (const [other, { key }] of this.#byUser) {
      if (keyOf(other) !== key) this.#byUser.delete(other);
    }
    const key = keyOf(uid);
    if (!openaiForUserKeys || key === null) return null;
    const set =
      this.#byUser.get(uid)?.set ??
      this.#open(key, openaiForUserKeys, this.#names ?? openaiForUserKeys);
    this.#byUser.set(uid, { key, set });
    return set;
  }

  #open(apiKey: string | null, config: OpenAiConfig, names: ModelNames): ModelSet {
    const { baseUrl, timeoutMs } = config;
    return this.#openSet({ apiKey, baseUrl, timeoutMs, logger: this.#o.logger }, names);
  }

  async #choose({ openai, apiKey }: ModelSettings): Promise<ModelNames | null> {
    const { dataDir, logger } = this.#o;
    if (!openai) return null;
    return chooseServerModels(openai, { apiKey, baseUrl: openai.baseUrl, dataDir, logger });
  }

  #chooseAgain(): void {
    const settings = this.#settings;
    const { openai, apiKey } = settings;
    if (!openai || this.#names !== null || Date.now() - this.#askedAt < CHOOSE_AGAIN_MS) return;
    this.#askedAt = Date.now();
    void this.#choose(settings).then((found) => {
      if (!found || this.#settings !== settings) return;
      this.#names = found;
      this.#own = this.#open(apiKey, openai, found);
    });
  }
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

/**
 * Returns the embedding model for the search index; its use is counted for the owner of the texts. An
 * index holds vectors of one model: another model is taken up at the next start.
 */
export function countedEmbeddings(
  model: EmbeddingModel | null,
  models: ModelSource,
): SearchEmbeddings | null {
  if (!model) return null;
  return {
    model: model.model,
    embed: (texts, signal, uid) => {
      const counted = models.embeddingModel({ uid, feature: 'embeddings' });
      return (counted?.model === model.model ? counted : model).embed(texts, signal);
    },
  };
}
