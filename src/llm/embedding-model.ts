import type { OnUsage } from './model-usage.ts';

/** Turns texts into vectors of meaning. Throws the same errors as a language model. */
export interface EmbeddingModel {
  readonly model: string;
  /** One unit-length vector a text, in order. */
  embed(texts: readonly string[], signal: AbortSignal, onUsage?: OnUsage): Promise<Float32Array[]>;
  /** Asks the server whether address, key and model are good. */
  check(signal: AbortSignal): Promise<void>;
}
