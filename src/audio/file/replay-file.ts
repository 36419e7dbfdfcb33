import type { ReplayableAudio } from '../replayable-audio.ts';
import type { AudioFile } from './audio-file.ts';

/** A file as audio that can be read from any position: each time from its beginning, what comes before left out. */
export function replayFile(file: AudioFile): ReplayableAudio {
  return {
    async *readFrom(positionMs, signal) {
      for await (const batch of file.frames(signal)) {
        if (signal.aborted) return;
        if (batch.startMs + batch.durationMs > positionMs) yield batch;
      }
    },
  };
}
