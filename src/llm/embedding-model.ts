/** Turns texts into vectors of meaning. Throws the same errors as a language model. */
export interface EmbeddingModel {
  readonly model: string;
  /** One unit-length vector a text, in order. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>;
  check(signal: AbortSignal): Promise<void>;
}
