/** Speech as it comes from a model. */
export interface SpokenText {
  /** Such as `audio/mpeg`. */
  mediaType: string;
  bytes: Uint8Array;
}

/** A model that speaks. One call, bounded in time. Throws `AppError` as a `LanguageModel` does. */
export interface SpeechModel {
  readonly model: string;
  /** Speaks a text in the voice that the model was opened with, as MP3. */
  speak(text: string, signal: AbortSignal): Promise<SpokenText>;
}
