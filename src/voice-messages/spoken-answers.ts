import { AppError, isAppError, toAppError } from '../kernel/errors.ts';
import type { UsageLedger } from '../llm/model-usage.ts';
import type { SpeechModel, SpokenText } from '../llm/speech-model.ts';

/** Speaks texts for clients, if there is a model that speaks. Use counts as the user's. */
export class SpokenAnswers {
  readonly #model: SpeechModel | null;
  readonly #ledger: UsageLedger;

  constructor(options: { speechModel: SpeechModel | null; llmUsage: UsageLedger }) {
    this.#model = options.speechModel;
    this.#ledger = options.llmUsage;
  }

  /**
   * Returns a text as sound.
   *
   * @throws AppError `not-configured` without a model; `provider-unavailable` for each failure of one: clients then
   * speak by themselves, which they do only for these two
   */
  async speak(uid: string, text: string, signal: AbortSignal): Promise<SpokenText> {
    const model = this.#model;
    if (!model) throw new AppError('not-configured', 'This server has no text-to-speech.');
    const entry = { uid, feature: 'speech' as const, model: model.model, ownKey: false };
    const tokens = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };
    try {
      const spoken = await model.speak(text, signal);
      this.#ledger.record({ ...entry, ...tokens, calls: 1, failedCalls: 0 });
      return spoken;
    } catch (error) {
      this.#ledger.record({ ...entry, ...tokens, calls: 0, failedCalls: 1 });
      if (signal.aborted || isAppError(error, 'aborted')) throw error;
      const { message } = toAppError(error);
      throw new AppError('provider-unavailable', `Nothing was spoken. ${message}`);
    }
  }
}
