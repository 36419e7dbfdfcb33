import { Encoder } from '@evan/opus';

export const SAMPLE_RATE = 16_000;
const SECONDS = 10;

export type BenchCodec = 'pcm16' | 'pcm16_20ms' | 'opus_fs320';

/** Milliseconds that one frame of a client lasts: the phone's microphone, the wearable's packets. */
export const FRAME_MS: Readonly<Record<BenchCodec, number>> = {
  pcm16: 10,
  pcm16_20ms: 20,
  opus_fs320: 20,
};

/** Ten seconds of sound that an encoder has to work for: voiced and noisy stretches, and pauses. */
function synthesise(): Int16Array {
  const samples = new Int16Array(SAMPLE_RATE * SECONDS);
  let noise = 12_345;
  let phase = 0;
  for (let i = 0; i < samples.length; i += 1) {
    const t = i / SAMPLE_RATE;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 3.7 * t)) * (t % 2.3 < 1.9 ? 1 : 0);
    phase += (2 * Math.PI * (130 + 30 * Math.sin(2 * Math.PI * 0.8 * t))) / SAMPLE_RATE;
    let voice = 0;
    for (let harmonic = 1; harmonic <= 14; harmonic += 1) {
      voice += Math.sin(harmonic * phase) / (1 + Math.abs(harmonic - 5));
    }
    noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) >>> 0;
    const hiss = (noise / 2 ** 32 - 0.5) * (t % 0.7 < 0.15 ? 0.5 : 0.02);
    samples[i] = Math.round(9_000 * (syllable * voice * 0.4 + hiss));
  }
  return samples;
}

/**
 * The frames that a client of the codec sends, to be sent over and over. Opus as Omi's wearable
 * makes it: 16 kHz, 20 ms, low delay (CELT), 32 kbit/s, variable.
 */
export function makeFrames(codec: BenchCodec): Uint8Array[] {
  const pcm = new Uint8Array(synthesise().buffer);
  const bytes = (SAMPLE_RATE * 2 * FRAME_MS[codec]) / 1000;
  const frames: Uint8Array[] = [];
  for (let at = 0; at < pcm.length; at += bytes) frames.push(pcm.slice(at, at + bytes));
  if (codec !== 'opus_fs320') return frames;
  const encoder = new Encoder({
    channels: 1,
    sample_rate: SAMPLE_RATE,
    application: 'restricted_lowdelay',
  });
  encoder.bitrate = 32_000;
  encoder.complexity = 3;
  return frames.map((frame) => Uint8Array.from(encoder.encode(frame)));
}
