import { invalidWav, readWavHeader } from './wav-header.ts';
import { wavDecoder } from './wav-samples.ts';

/** Sound of a WAV file, mixed down to one channel. */
export interface WavAudio {
  /** Hertz. */
  sampleRate: number;
  /** Channels that the file had. */
  channels: number;
  /** Signed 16-bit mono. */
  samples: Int16Array;
  durationMs: number;
}

/** Length of the header that `wavHeader` makes. */
export const WAV_HEADER_BYTES = 44;

const FORMAT_PCM = 1;

/**
 * Reads a WAV file that is in memory, whole; any form but MP3.
 *
 * @throws `bad-request` that says what is wrong
 */
export function parseWav(file: Uint8Array): WavAudio {
  const reading = readWavHeader(file.length);
  let step = reading.next();
  while (!step.done) step = reading.next(file.subarray(step.value.start, step.value.end));
  const header = step.value;
  const { encoding, sampleRate, channels, start, end } = header;
  if (encoding === 'mp3') throw invalidWav('it holds MP3, which is not taken here');
  const bytes = wavDecoder(header)(file.subarray(start, end));
  const samples = samplesOf(bytes);
  if (samples.length === 0) throw invalidWav('it holds no audio');
  return { sampleRate, channels, samples, durationMs: (samples.length * 1000) / sampleRate };
}

/** A WAV file of signed 16-bit mono samples. */
export function encodeWav(samples: Int16Array, sampleRate: number): Uint8Array {
  const bytes = new Uint8Array(WAV_HEADER_BYTES + samples.length * 2);
  const view = new DataView(bytes.buffer);
  bytes.set(wavHeader(samples.length, sampleRate));
  for (const [i, sample] of samples.entries()) {
    view.setInt16(WAV_HEADER_BYTES + i * 2, sample, true);
  }
  return bytes;
}

/** What comes before `sampleCount` signed 16-bit mono samples in a WAV file. */
export function wavHeader(sampleCount: number, sampleRate: number): Uint8Array {
  const bytes = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from('RIFF', 'latin1'), 0);
  view.setUint32(4, 36 + sampleCount * 2, true);
  bytes.set(Buffer.from('WAVEfmt ', 'latin1'), 8);
  view.setUint32(16, 16, true);
  view.setUint16(20, FORMAT_PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  bytes.set(Buffer.from('data', 'latin1'), 36);
  view.setUint32(40, sampleCount * 2, true);
  return bytes;
}

function samplesOf(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: bytes.length >> 1 }, (_, i) => view.getInt16(i * 2, true));
}
