import type { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import type { OnUsage } from './model-usage.ts';

export interface StructuredRequest<T> {
  /** Instructions: the stable prefix, the same for every call of a feature. */
  instructions: string;
  /** What the call is about: data, never instructions. */
  input: string;
  /** Name of the schema, letters, digits, `_` and `-`. */
  schemaName: string;
  schema: z.ZodType<T>;
}

export interface StructuredResult<T> {
  value: T;
  model: string;
  inputTokens: number;
  outputTokens: number;
}

/**
 * A language model that answers with data of a given shape. One call; if the answer does not
 * fit the schema, one repair; bounded in time. Throws `AppError`: `provider-unauthorized`,
 * `provider-quota`, `provider-rejected`, `provider-unavailable`, `provider-protocol`, `timeout`,
 * `aborted`; if the server has said how long it wants to be left alone, with `retryAfterMs`; an input that is too long for the model is an `InputTooLongError`.
 */
export interface LanguageModel {
  readonly model: string;
  generateStructured<T>(
    request: StructuredRequest<T>,
    signal: AbortSignal,
    onUsage?: OnUsage,
  ): Promise<StructuredResult<T>>;
  /** Asks the server whether address, key and model are good. */
  check(signal: AbortSignal): Promise<void>;
}

/** The model cannot take this much at once: a caller that can split its input may try with less. */
export class InputTooLongError extends AppError {
  constructor() {
    super('provider-rejected', 'The input is longer than the model can take.');
  }
}
