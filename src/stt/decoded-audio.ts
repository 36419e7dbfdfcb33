import type { AudioBatch, AudioFormat } from '../audio/audio-format.ts';
import { OpusDecoder } from '../audio/opus-decoder.ts';
import type { ReplayableAudio } from './stt-provider.ts';

/** Rates that Opus decodes to (RFC 6716 §2.1.3), hertz. */
const OPUS_RATES = [8_000, 12_000, 16_000, 24_000, 48_000];

/** The rate that Opus of a session is decoded to: the declared one, where Opus has it. */
export function opusDecodeRate(sampleRate: number): number {
  return OPUS_RATES.includes(sampleRate) ? sampleRate : 16_000;
}

/**
 * Opus audio as PCM, for a provider that does not take Opus. Each reader has a decoder of its own.
 * The decoder makes silence of what it cannot decode, so that times stay exact.
 */
export function decodedAudio(source: ReplayableAudio, format: AudioFormat): ReplayableAudio {
  return {
    async *readFrom(positionMs, signal): AsyncGenerator<AudioBatch> {
      const decoder = await OpusDecoder.create(format.sampleRate);
      try {
        for await (const batch of source.readFrom(positionMs, signal)) {
          const frames = batch.frames.map((packet) => decoder.decode(packet));
          yield { ...batch, frames };
        }
      } finally {
        decoder.close();
      }
    },
  };
}
