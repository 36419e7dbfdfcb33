import { describeError, isAppError, toAppError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { LanguageModel } from '../../llm/language-model.ts';
import { answerTo } from './emotion-answer.ts';
import { emotionByModel, type ReadEmotion } from './emotion-model.ts';
import { emotionOfSpeech } from './emotion-rules.ts';

/**
 * Reads emotions with the language model where there is one. Where it fails the rules do it, which
 * know English words and answer in English; the log says why, and the result which of them it was.
 */
export function createEmotionReader(dependencies: {
  modelFor: (uid: string) => LanguageModel | null;
  logger: Logger;
}): ReadEmotion {
  const { modelFor, logger } = dependencies;
  return async (input, signal) => {
    const languageModel = modelFor(input.uid);
    if (languageModel) {
      try {
        return await emotionByModel(languageModel, input, signal);
      } catch (error) {
        if (signal.aborted || isAppError(error, 'aborted')) throw error;
        const modelError = describeError(toAppError(error));
        logger.warn({ model: languageModel.model, modelError }, 'model failed, rules used');
      }
    }
    const felt = emotionOfSpeech(input.segments.filter(({ isUser }) => isUser));
    return felt && { ...felt, engine: 'rules', answer: answerTo(felt.emotion) };
  };
}
