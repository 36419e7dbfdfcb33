import { decodeAac } from '../audio/aac-decoder.ts';
import type { AudioBatch, AudioFormat } from '../audio/audio-format.ts';
import { Lc3Decoder } from '../audio/lc3-decoder.ts';
import { OpusDecoder } from '../audio/opus-decoder.ts';
import { type AudioSink, pushAudio, type ReplayableAudio } from '../audio/replayable-audio.ts';
import { Resampler } from '../audio/resample.ts';

/** Rates that Opus decodes to (RFC 6716 §2.1.3), hertz. */
const OPUS_RATES = [8_000, 12_000, 16_000, 24_000, 48_000];

/** The rate that audio of a session is decoded to: the declared one, if the codec has it. */
export function decodedRate(format: AudioFormat): number {
  const possible = format.encoding !== 'opus' || OPUS_RATES.includes(format.sampleRate);
  return possible ? format.sampleRate : 16_000;
}

/**
 * Coded audio as PCM of `sampleRate`, for a provider that does not take the code. Each reader has
 * a decoder of its own. Whatever cannot be decoded becomes silence, so that times stay exact.
 */
export function decodedAudio(
  source: ReplayableAudio,
  format: AudioFormat,
  sampleRate: number,
): ReplayableAudio {
  switch (format.encoding) {
    case 'opus':
      return new DecodedFrames(source, () => OpusDecoder.create(sampleRate));
    case 'lc3':
      return new DecodedFrames(source, () => Lc3Decoder.create(sampleRate));
    case 'aac':
      return {
        readFrom: (positionMs, signal) =>
          decodeAac(source.readFrom(positionMs, signal), sampleRate, signal),
      };
    case 'pcm-s16le':
      if (format.sampleRate === sampleRate) return source;
      return {
        readFrom: (positionMs, signal) =>
          resample(source.readFrom(positionMs, signal), format.sampleRate, sampleRate),
      };
  }
}

interface FrameDecoder {
  decodeAll(frames: readonly Uint8Array[]): Uint8Array;
  close(): void;
}

/** Audio whose frames are decoded, batch by batch. */
class DecodedFrames implements ReplayableAudio {
  readonly #source: ReplayableAudio;
  readonly #createDecoder: () => Promise<FrameDecoder>;

  constructor(source: ReplayableAudio, createDecoder: () => Promise<FrameDecoder>) {
    this.#source = source;
    this.#createDecoder = createDecoder;
  }

  async *readFrom(positionMs: number, signal: AbortSignal): AsyncGenerator<AudioBatch> {
    const decoder = await this.#createDecoder();
    try {
      for await (const batch of this.#source.readFrom(positionMs, signal)) {
        yield decodeBatch(decoder, batch);
      }
    } finally {
      decoder.close();
    }
  }

  async pushFrom(positionMs: number, signal: AbortSignal, sink: AudioSink): Promise<void> {
    const decoder = await this.#createDecoder();
    try {
      await pushAudio(this.#source, positionMs, signal, (batch) =>
        sink(decodeBatch(decoder, batch)),
      );
    } finally {
      decoder.close();
    }
  }
}

function decodeBatch(decoder: FrameDecoder, batch: AudioBatch): AudioBatch {
  return { ...batch, frames: [decoder.decodeAll(batch.frames)] };
}

/** A gap in the source begins a new stream of samples. */
async function* resample(
  batches: AsyncIterable<AudioBatch>,
  from: number,
  to: number,
): AsyncGenerator<AudioBatch> {
  let run: ResampledRun | undefined;
  for await (const batch of batches) {
    if (!run || Math.abs(batch.startMs - run.expectedMs) > 1) {
      if (run) yield* run.end();
      run = new ResampledRun(batch.startMs, from, to);
    }
    yield* run.push(batch);
  }
  if (run) yield* run.end();
}

/** Samples without a gap on their way to another rate, with the times that they have there. */
class ResampledRun {
  readonly #resampler: Resampler;
  readonly #startMs: number;
  readonly #rate: number;
  #samples = 0;
  /** Where the source's next batch begins if there is no gap. */
  expectedMs: number;

  constructor(startMs: number, from: number, to: number) {
    this.#startMs = startMs;
    this.expectedMs = startMs;
    this.#rate = to;
    this.#resampler = new Resampler(from, to);
  }

  *push(batch: AudioBatch): Generator<AudioBatch> {
    this.expectedMs = batch.startMs + batch.durationMs;
    yield* this.#timed(batch.frames.map((frame) => this.#resampler.push(frame)));
  }

  *end(): Generator<AudioBatch> {
    yield* this.#timed([this.#resampler.end()]);
  }

  *#timed(frames: readonly Uint8Array[]): Generator<AudioBatch> {
    const count = frames.reduce((sum, frame) => sum + frame.length / 2, 0);
    if (count === 0) return;
    const startMs = this.#startMs + (this.#samples * 1000) / this.#rate;
    this.#samples += count;
    yield { startMs, durationMs: (count * 1000) / this.#rate, frames };
  }
}
