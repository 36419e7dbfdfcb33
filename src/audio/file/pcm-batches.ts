import type { AudioBatch } from '../audio-format.ts';
import { Resampler } from '../resample.ts';

/** Sound of one batch at most. */
const BATCH_MS = 100;

/** Decoded sound: signed 16-bit little-endian mono. */
export interface DecodedPcm {
  bytes: Uint8Array;
  /** Hertz. */
  sampleRate: number;
}

/**
 * Decoded sound as batches of one rate, on one clock. A rate that changes within a file begins a new
 * run of the filter.
 *
 * @param sampleRate hertz; null for the rate that comes first
 */
export async function* toBatches(
  decoded: AsyncIterable<DecodedPcm>,
  sampleRate: number | null,
): AsyncGenerator<AudioBatch> {
  let to = sampleRate;
  let samples = 0;
  let run: { from: number; resampler: Resampler } | null = null;
  function* batches(bytes: Uint8Array, rate: number): Generator<AudioBatch> {
    const step = Math.round((rate * BATCH_MS) / 1000) * 2;
    for (let at = 0; at < bytes.length; at += step) {
      const frame = bytes.subarray(at, at + step);
      const startMs = (samples * 1000) / rate;
      samples += frame.length >> 1;
      yield { startMs, durationMs: (samples * 1000) / rate - startMs, frames: [frame] };
    }
  }
  for await (const { bytes, sampleRate: from } of decoded) {
    to ??= from;
    if (run && run.from !== from) {
      yield* batches(run.resampler.end(), to);
      run = null;
    }
    if (from !== to) run ??= { from, resampler: new Resampler(from, to) };
    yield* batches(run ? run.resampler.push(bytes) : bytes, to);
  }
  if (run && to !== null) yield* batches(run.resampler.end(), to);
}
