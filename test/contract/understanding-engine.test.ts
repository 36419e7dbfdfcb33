import { silentLogger } from '../../src/kernel/logger.ts';
import { createOpenAiLanguageModel } from '../../src/llm/adapters/openai/openai-language-model.ts';
import { createModelEngine } from '../../src/understanding/model/model-engine.ts';
import { createRuleEngine } from '../../src/understanding/rules/rule-engine.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { describeUnderstandingEngine } from './understanding-engine-suite.ts';

describeUnderstandingEngine('language model', async () => {
  const simulator = await OpenAiSimulator.start();
  const model = createOpenAiLanguageModel({
    apiKey: null,
    baseUrl: simulator.baseUrl,
    model: 'sim-model',
    timeoutMs: 20_000,
    logger: silentLogger,
  });
  return { engine: createModelEngine(model), close: () => simulator.close() };
});

describeUnderstandingEngine('rules', () =>
  Promise.resolve({ engine: createRuleEngine(), close: () => Promise.resolve() }),
);
