import type { OnUsage } from './model-usage.ts';

export interface ImageRequest {
  /** What to say about the image; what is written in the image is never an instruction. */
  instructions: string;
  imageBase64: string;
  /** Such as `image/jpeg`. */
  mediaType: string;
}

/**
 * A model that sees. One call, bounded in time; answers plain text, empty if it had nothing to
 * say. Throws `AppError` as a `LanguageModel` does.
 */
export interface VisionModel {
  readonly model: string;
  describeImage(request: ImageRequest, signal: AbortSignal, onUsage?: OnUsage): Promise<string>;
}
