import type { AudioBatch } from './audio-format.ts';

/** Audio that can be read again from any position that is not yet released, as the audio log can. */
export interface ReplayableAudio {
  /**
   * Batches from `positionMs` on, then live until the audio ends. An abort of `signal` ends the reading at
   * once, without an error. Missing audio shows as a batch that starts later than the one before it ended.
   */
  readFrom(positionMs: number, signal: AbortSignal): AsyncIterable<AudioBatch>;
}
