import { AppError } from '../kernel/errors.ts';

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

interface WavFormat {
  kind: 'integer' | 'float';
  channels: number;
  sampleRate: number;
  bits: number;
}

/** Length of the header that `wavHeader` makes. */
export const WAV_HEADER_BYTES = 44;

const FORMAT_PCM = 1;
const FORMAT_FLOAT = 3;
const FORMAT_EXTENSIBLE = 0xfffe;

/**
 * Reads a WAV file: 8, 16, 24 and 32-bit integers and 32 and 64-bit floats, any number of
 * channels. A data chunk that claims more than the file has (as files that were written to a pipe
 * do) is read up to the end of the file. Throws `AppError` `bad-request` that says what is wrong.
 */
export function parseWav(file: Uint8Array): WavAudio {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.byteLength < 12 || tag(view, 0) !== 'RIFF' || tag(view, 8) !== 'WAVE') {
    throw invalid('it does not begin with a RIFF/WAVE header');
  }
  let format: WavFormat | null = null;
  let at = 12;
  while (at + 8 <= view.byteLength) {
    const name = tag(view, at);
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    const available = view.byteLength - body;
    if (name === 'fmt ') {
      if (size > available) {
        throw invalid(`its format chunk claims ${size} bytes, but only ${available} follow`);
      }
      format = parseFormat(view, body, size);
    } else if (name === 'data') {
      if (format === null) throw invalid('its data come before the format chunk');
      return readSamples(view, body, Math.min(size, available), format);
    }
    at = body + size + (size % 2);
  }
  throw invalid(format === null ? 'it has no format chunk' : 'it has no data chunk');
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

function parseFormat(view: DataView, at: number, size: number): WavFormat {
  if (size < 16) throw invalid(`its format chunk has ${size} bytes instead of at least 16`);
  let code = view.getUint16(at, true);
  // The real format of an extensible file is the start of its sub-format GUID.
  if (code === FORMAT_EXTENSIBLE) {
    if (size < 26) throw invalid('its extensible format chunk is cut off');
    code = view.getUint16(at + 24, true);
  }
  const channels = view.getUint16(at + 2, true);
  const sampleRate = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  if (code !== FORMAT_PCM && code !== FORMAT_FLOAT) {
    throw invalid(`its encoding (format ${code}) is not PCM`);
  }
  const kind = code === FORMAT_PCM ? 'integer' : 'float';
  const depths = kind === 'integer' ? [8, 16, 24, 32] : [32, 64];
  if (!depths.includes(bits)) throw invalid(`it has ${bits} bits a sample`);
  if (channels < 1 || channels > 32) throw invalid(`it claims ${channels} channels`);
  if (sampleRate < 1000 || sampleRate > 384_000) {
    throw invalid(`it claims a sample rate of ${sampleRate} Hz`);
  }
  const frameBytes = view.getUint16(at + 12, true);
  if (frameBytes !== (channels * bits) / 8) {
    throw invalid(`its block size of ${frameBytes} bytes contradicts its channels and bits`);
  }
  return { kind, channels, sampleRate, bits };
}

function readSamples(view: DataView, at: number, size: number, format: WavFormat): WavAudio {
  const { channels, sampleRate, bits } = format;
  const width = bits / 8;
  const count = Math.floor(size / (width * channels));
  if (count === 0) throw invalid('it holds no audio');
  const read = sampleReader(view, format);
  const samples = new Int16Array(count);
  for (let i = 0; i < count; i += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) {
      sum += read(at + (i * channels + channel) * width);
    }
    samples[i] = Math.max(-32768, Math.min(32767, Math.round(sum / channels)));
  }
  return { sampleRate, channels, samples, durationMs: (count * 1000) / sampleRate };
}

/** Reads one sample at a byte position, scaled to 16 bits and not yet rounded. */
function sampleReader(view: DataView, { kind, bits }: WavFormat): (at: number) => number {
  if (kind === 'float') {
    const read = bits === 32 ? view.getFloat32.bind(view) : view.getFloat64.bind(view);
    return (at) => {
      const value = read(at, true);
      return Number.isFinite(value) ? value * 32768 : 0;
    };
  }
  if (bits === 8) return (at) => (view.getUint8(at) - 128) * 256;
  if (bits === 16) return (at) => view.getInt16(at, true);
  if (bits === 24) return (at) => view.getInt16(at + 1, true) + view.getUint8(at) / 256;
  return (at) => view.getInt32(at, true) / 65536;
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(
    view.getUint8(at),
    view.getUint8(at + 1),
    view.getUint8(at + 2),
    view.getUint8(at + 3),
  );
}

function invalid(what: string): AppError {
  return new AppError('bad-request', `The WAV file cannot be read: ${what}.`);
}
