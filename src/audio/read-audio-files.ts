import path from 'node:path';
import type { AudioClock } from './audio-clock.ts';
import { type AudioEncrypter, chunkFileName, listChunks, readRecords } from './audio-log-files.ts';

/** Frames that travel together when old audio is read from the files. */
const REPLAY_BATCH_MS = 100;

/** Frames between two positions, in ticks of the format. */
export interface TickBatch {
  start: number;
  end: number;
  frames: Uint8Array[];
}

/** Reads the frames of a session's chunk files that end after `from` and begin before `until`, in ticks. */
export async function* readAudioFiles(
  log: { directory: string; clock: AudioClock; encrypter: AudioEncrypter | null },
  from: number,
  until: number,
): AsyncGenerator<TickBatch> {
  const { clock, directory, encrypter } = log;
  const starts = await listChunks(directory);
  const first = Math.max(
    0,
    starts.findLastIndex((start) => start <= from),
  );
  const target = clock.toTicks(REPLAY_BATCH_MS);
  for (const start of starts.slice(first)) {
    if (start >= until) return;
    let batch: TickBatch = { start, end: start, frames: [] };
    for await (const frames of readRecords(path.join(directory, chunkFileName(start)), encrypter)) {
      for (const frame of frames) {
        const ticks = clock.ticksOf(frame);
        if (batch.end + ticks <= from) {
          batch.start += ticks;
          batch.end += ticks;
          continue;
        }
        if (batch.end >= until) break;
        batch.frames.push(frame);
        batch.end += ticks;
        if (batch.end - batch.start >= target) {
          yield batch;
          batch = { start: batch.end, end: batch.end, frames: [] };
        }
      }
    }
    if (batch.frames.length > 0) yield batch;
  }
}
