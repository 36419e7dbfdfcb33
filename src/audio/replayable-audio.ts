import { untilAborted } from '../kernel/until-aborted.ts';
import type { AudioBatch } from './audio-format.ts';

/** Takes one batch. Returns a promise if the next one must wait for it; undefined costs nothing. */
export type AudioSink = (batch: AudioBatch) => Promise<void> | undefined;

/** Audio that can be read again from any position that is not yet released, as the audio log can. */
export interface ReplayableAudio {
  /**
   * Batches from `positionMs` on, then live until the audio ends. An abort of `signal` ends the reading at
   * once, without an error. Missing audio shows as a batch that starts later than the one before it ended.
   */
  readFrom(positionMs: number, signal: AbortSignal): AsyncIterable<AudioBatch>;
  /**
   * Gives the batches of `readFrom` to `sink`, by plain calls. Resolves when the audio has ended or `signal`
   * is aborted; rejects with what the reading or the sink throws. Absent: see `pushAudio`.
   */
  pushFrom?(positionMs: number, signal: AbortSignal, sink: AudioSink): Promise<void>;
}

/** Gives the audio from `positionMs` on to `sink`: by plain calls if the source can, else one by one. */
export async function pushAudio(
  source: ReplayableAudio,
  positionMs: number,
  signal: AbortSignal,
  sink: AudioSink,
): Promise<void> {
  if (source.pushFrom) return await source.pushFrom(positionMs, signal, sink);
  for await (const batch of untilAborted(source.readFrom(positionMs, signal), signal)) {
    const busy = sink(batch);
    if (busy) await busy;
  }
}
