const FRAME_MS = 20;
/** What is kept around speech, so that soft beginnings and ends of words are not cut. */
const MARGIN_MS = 200;
/** Loudness (root mean square, 16-bit scale) below which nothing is speech. */
const FLOOR_RMS = 120;
/** Speech is so many times louder than the quietest tenth of the recording. */
const ABOVE_NOISE = 3;
/** Part of the loudest tenth's loudness that is speech in any case: loud noise all over. */
const OF_LOUDEST = 0.25;

export interface TrimmedSpeech {
  samples: Int16Array;
  /** Frames that are speech themselves, without the margin around them, milliseconds. */
  speechMs: number;
}

/**
 * Cuts the silence out of a recording of one voice: what is left is speech with 0.2 s around it.
 * Speech is what is louder than the recording's own background.
 */
export function trimSilence(samples: Int16Array, sampleRate: number): TrimmedSpeech {
  const size = Math.round((FRAME_MS * sampleRate) / 1000);
  const levels: number[] = [];
  for (let at = 0; at < samples.length; at += size) {
    levels.push(loudness(samples.subarray(at, at + size)));
  }
  const sorted = [...levels].sort((a, b) => a - b);
  const quiet = sorted[Math.floor(sorted.length * 0.1)] ?? 0;
  const loud = sorted[Math.floor(sorted.length * 0.9)] ?? 0;
  const threshold = Math.max(FLOOR_RMS, Math.min(quiet * ABOVE_NOISE, loud * OF_LOUDEST));
  const kept = new Uint8Array(levels.length);
  const margin = MARGIN_MS / FRAME_MS;
  let speechFrames = 0;
  for (const [i, level] of levels.entries()) {
    if (level < threshold) continue;
    speechFrames += 1;
    kept.fill(1, Math.max(0, i - margin), i + margin + 1);
  }
  const parts: Int16Array[] = [];
  for (const [i, keep] of kept.entries()) {
    if (keep === 1) parts.push(samples.subarray(i * size, (i + 1) * size));
  }
  const trimmed = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    trimmed.set(part, at);
    at += part.length;
  }
  return { samples: trimmed, speechMs: speechFrames * FRAME_MS };
}

function loudness(frame: Int16Array): number {
  let sum = 0;
  for (const sample of frame) sum += sample * sample;
  return Math.sqrt(sum / frame.length);
}
