import { createModelSource } from '../llm/model-source.ts';
import { loadSpeechModel } from '../llm/registry.ts';
import { LlmUsageService } from '../users/llm-usage.ts';
import { UserApiKeys } from '../users/user-api-keys.ts';
import { SpokenAnswers } from '../voice-messages/spoken-answers.ts';
import { loadModels } from './load-models.ts';
import type { Core } from './open-core.ts';

/** Opens the language models and counts their use. */
export async function openModels(core: Core) {
  const { config, secrets, logger, store, clock, stack } = core;
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
  const { own, byUser } = await loadModels({ config, secrets, logger, keyOf });
  const ownModels = own();
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
      /** The operator's own, for checks; their use is not counted. Null: none is configured. */
      languageModel: ownModels?.language.medium ?? null,
      chatModel: ownModels?.chat ?? null,
      embeddingModel: ownModels?.embedding ?? null,
    },
    erasers: {
      data: [(uid: string) => llmUsage.forget(uid), (uid: string) => userApiKeys.forget(uid)],
    },
  };
}
