import type { ReplayableAudio } from '../audio/replayable-audio.ts';
import type { SyncFile } from '../model/conversations/sync-file.ts';
import type { DeviceFile } from './device-file.ts';

/** A file, opened, and as long as its audio turned out to be. */
export interface MeasuredFile {
  file: SyncFile;
  sound: DeviceFile;
  /** Milliseconds. */
  durationMs: number;
}

/** A part of a file in a run. `isOwn`: its words are wanted; else it only tells who speaks. */
export interface RunPart {
  measured: MeasuredFile;
  /** Positions in the file, milliseconds. */
  fromMs: number;
  untilMs: number;
  isOwn: boolean;
}

/** Device clocks are given in whole seconds, so that files of one talk may overlap or stand apart by this. */
const TOLERANCE_MS = 1_500;
/** Audio of neighbouring files that tells who speaks, milliseconds; as much as after a reconnect. */
export const NEIGHBOUR_MS = 6_000;
/** Files and audio of one run; the words of a run are stored when all of it was heard. */
const MAX_FILES = 5;
const MAX_MS = 30 * 60_000;

/** How far the second file begins from where the first one ends, milliseconds; null if it is another stretch. */
export function gapToNext(
  first: Pick<SyncFile, 'startedAt'>,
  durationMs: number,
  second: Pick<SyncFile, 'startedAt'>,
): number | null {
  const gapMs = Math.abs(first.startedAt + durationMs - second.startedAt);
  return gapMs <= TOLERANCE_MS ? gapMs : null;
}

/** True if a file may be transcribed together with those before it, which are one run. */
export function continuesRun(run: readonly MeasuredFile[], next: MeasuredFile): boolean {
  const last = run.at(-1);
  if (!last) return true;
  const lengthMs = run.reduce((sum, { durationMs }) => sum + durationMs, next.durationMs);
  const { encoding, sampleRate } = last.sound.format;
  return (
    run.length < MAX_FILES &&
    lengthMs <= MAX_MS &&
    next.file.placedMs === 0 &&
    next.sound.format.encoding === encoding &&
    next.sound.format.sampleRate === sampleRate &&
    next.file.conversationId === last.file.conversationId &&
    next.file.timeoutMs === last.file.timeoutMs &&
    gapToNext(last.file, last.durationMs, next.file) !== null
  );
}

/** The parts of files one after the other as audio for a provider. */
export function runAudio(parts: readonly RunPart[]): ReplayableAudio {
  return {
    async *readFrom(positionMs, signal) {
      let startsAtMs = 0;
      for (const { measured, fromMs, untilMs } of parts) {
        const endsAtMs = startsAtMs + untilMs - fromMs;
        const batches = endsAtMs > positionMs ? measured.sound.frames(signal) : [];
        for await (const batch of batches) {
          if (signal.aborted) return;
          if (batch.startMs >= untilMs) break;
          if (batch.startMs < fromMs) continue;
          const startMs = startsAtMs + batch.startMs - fromMs;
          if (startMs + batch.durationMs > positionMs) yield { ...batch, startMs };
        }
        startsAtMs = endsAtMs;
      }
    },
  };
}

/** Which part a position of the run lies in, and the wall time of that position. */
export function placeInRun(
  parts: readonly RunPart[],
  ms: number,
): { part: RunPart; at: number; inFileMs: number } | null {
  let startsAtMs = 0;
  for (const [i, part] of parts.entries()) {
    const endsAtMs = startsAtMs + part.untilMs - part.fromMs;
    if (ms < endsAtMs || i === parts.length - 1) {
      const { file, sound } = part.measured;
      const inFileMs = part.fromMs + ms - startsAtMs;
      return { part, inFileMs, at: file.startedAt + inFileMs - sound.aheadMs };
    }
    startsAtMs = endsAtMs;
  }
  return null;
}
