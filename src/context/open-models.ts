import { createModelSource } from '../llm/model-source.ts';
import { loadSpeechModel } from '../llm/registry.ts';
import { LlmUsageService } from '../users/llm-usage.ts';
import { UserApiKeys } from '../users/user-api-keys.ts';
import { SpokenAnswers } from '../voice-messages/spoken-answers.ts';
import { loadModels } from './load-models.ts';
import type { Core } from './open-core.ts';

/** Opens the language models and counts their use. */
export async function openModels(core: Core) {
  const { config, secrets, logger, store, clock, stack, storedSettings } = core;
  const { tracing } = core.telemetry;
  const llmUsage = new LlmUsageService({
    store,
    clock,
    prices: config.llmPrices,
    logger: logger.child({ subsystem: 'llm-usage' }),
  });
  stack.defer('llm usage', () => llmUsage.flush());
  const userApiKeys = new UserApiKeys({ store, clock });
  const keyOf = (uid: string) => userApiKeys.openAiKeyOf(uid);
  const loaded = await loadModels({
    dataDir: config.dataDir,
    logger: logger.child({ subsystem: 'llm' }),
    keyOf,
  });
  await storedSettings.onChange((current) => loaded.use(current));
  const own = () => loaded.own();
  const byUser = (uid: string) => loaded.byUser(uid);
  const speechModel =
    config.spokenAnswers &&
    (await loadSpeechModel({
      ...config.spokenAnswers,
      apiKey: secrets.ttsApiKey?.reveal() ?? null,
      logger: logger.child({ subsystem: 'llm' }),
    }));
  return {
    services: {
      llmUsage,
      userApiKeys,
      spokenAnswers: new SpokenAnswers({ speechModel, llmUsage }),
      /** Models by feature and user, their use counted: what services take. */
      models: createModelSource({ own, byUser, ledger: llmUsage, tracing }),
      /** Returns the operator's own, for checks; their use is not counted. Null: none is configured. */
      ownModels: own,
      /** The model that search by meaning asks until the next start; null: search is by words. */
      searchModel: own()?.embedding ?? null,
      /** Returns where the operator's models are, and the key; null: none is configured. */
      modelServer: () => {
        const { openai } = storedSettings.current.config;
        const { openaiApiKey } = storedSettings.current.secrets;
        return openai && { baseUrl: openai.baseUrl, apiKey: openaiApiKey?.reveal() ?? null };
      },
    },
    erasers: {
      data: [(uid: string) => llmUsage.forget(uid), (uid: string) => userApiKeys.forget(uid)],
    },
  };
}
