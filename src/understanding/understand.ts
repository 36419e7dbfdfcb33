import { describeError, isAppError, toAppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type {
  Understanding,
  UnderstandingEngine,
  UnderstandingInput,
} from './understanding-engine.ts';

export interface UnderstandingResult {
  understanding: Understanding;
  engine: UnderstandingEngine['kind'];
  /** Name of the model that made it, null for the rules. */
  model: string | null;
  /** Why the model did not make it, if it was asked: `code: message`, nobody's words. */
  modelError: string | null;
}

/** `mayWait`: whether the caller comes again if a model server asks for a short wait. */
export type Understand = (
  input: UnderstandingInput,
  signal: AbortSignal,
  settings?: { mayWait: boolean },
) => Promise<UnderstandingResult>;

/** Longer than this nobody waits for a model: the rules do the job at once. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Understands a conversation with the language model if there is one; if it fails, the rules
 * do the job and the result says why. Throws only what the rules throw, and `aborted` if
 * `signal` is; and with `mayWait` the model's error if its server asks for a short wait.
 */
export function createUnderstanding(dependencies: {
  /** The engine that asks a model, for one user; null if there is none. */
  modelEngineFor: (uid: string) => UnderstandingEngine | null;
  ruleEngine: UnderstandingEngine;
  logger: Logger;
}): Understand {
  const { modelEngineFor, ruleEngine, logger } = dependencies;
  return async (input, signal, { mayWait } = { mayWait: false }) => {
    const modelEngine = modelEngineFor(input.uid);
    let modelError: string | null = null;
    if (modelEngine) {
      try {
        const understanding = await modelEngine.understand(input, signal);
        return { understanding, engine: 'model', model: modelEngine.model, modelError: null };
      } catch (error) {
        if (signal.aborted || isAppError(error, 'aborted')) throw error;
        const waitMs = isAppError(error) ? error.retryAfterMs : null;
        if (mayWait && waitMs !== null && waitMs <= LONGEST_WAIT_MS) throw error;
        // A foreign error's message may quote what was said; `toAppError` leaves it behind.
        modelError = describeError(toAppError(error));
        const name = error instanceof Error ? error.name : typeof error;
        logger.warn(
          { model: modelEngine.model, modelError, error: name },
          'model failed, rules used',
        );
      }
    }
    const understanding = await ruleEngine.understand(input, signal);
    return { understanding, engine: ruleEngine.kind, model: null, modelError };
  };
}
