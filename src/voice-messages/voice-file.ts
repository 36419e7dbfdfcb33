import { bytesSource } from '../audio/file/audio-source.ts';
import { AppError } from '../kernel/errors.ts';
import { type FileAudio, fileAudio, opusAudioOf, pcmAudio } from '../stt/transcribe-file.ts';

/** No device recorded anything before this. */
const EARLIEST_S = Date.UTC(2024, 0, 1) / 1000;
const NAME = /_(\d{9,11})\.bin$/;
const PCM = /_pcm(8|16)(?:_(\d{4,6}))?_/;
const LOWEST_RATE = 4_000;
const HIGHEST_RATE = 192_000;
/** Longest voice message, milliseconds: the budget of a day. */
const MAX_VOICE_MS = 2 * 3_600_000;

/**
 * True for the name that the app gives a recording: `audio_…_<unix seconds>.bin`, of a time between
 * 2024 and now.
 */
export function isRecordingName(name: string, now: number): boolean {
  const seconds = Number(NAME.exec(name)?.[1] ?? Number.NaN);
  return seconds >= EARLIEST_S && seconds * 1000 <= now;
}

/**
 * The audio of a recording as the app keeps it: `_pcm16_<rate>_` in its name stands for raw 16-bit
 * PCM, `_pcm8_<rate>_` for unsigned 8-bit samples (unlike the live socket, where it stands for
 * 8 kHz), everything else is Opus: each packet after its length, a 32-bit little-endian number. The
 * frame size in the name (`_fs320`) is not needed, packets tell their own.
 */
export function recordingAudio(name: string, file: Uint8Array): FileAudio {
  const pcm = PCM.exec(name);
  if (!pcm) return opusAudioOf(packetsOf(file));
  const is8Bit = pcm[1] === '8';
  const rate = Number(pcm[2] ?? (is8Bit ? 8_000 : 16_000));
  if (rate < LOWEST_RATE || rate > HIGHEST_RATE) {
    throw new AppError('bad-request', 'Paths is invalid');
  }
  return pcmAudio(is8Bit ? widen(file) : file.subarray(0, file.length & ~1), rate);
}

/** The audio of a file of a voice message: a recording of the app by its name, else any file that is read. */
export async function voiceFileAudio(
  name: string,
  file: Uint8Array,
  signal: AbortSignal,
): Promise<FileAudio> {
  if (name.endsWith('.bin')) return recordingAudio(name, file);
  return fileAudio(bytesSource(file, name), MAX_VOICE_MS, signal);
}

function* packetsOf(file: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 0; at + 4 <= file.length; ) {
    const size = view.getUint32(at, true);
    at += 4;
    // The device was switched off while it wrote.
    if (at + size > file.length) return;
    yield file.subarray(at, at + size);
    at += size;
  }
}

/** Unsigned 8-bit samples as signed 16-bit ones. */
function widen(samples: Uint8Array): Uint8Array {
  const wide = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i += 1) wide[i] = ((samples[i] ?? 128) - 128) << 8;
  return new Uint8Array(wide.buffer);
}

/** Two channels of signed 16-bit PCM as one, their mean. */
export function mixDown(pcm: Uint8Array): Uint8Array {
  const count = pcm.length >> 2;
  const from = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const mono = new Int16Array(count);
  for (let i = 0; i < count; i += 1) {
    mono[i] = Math.round((from.getInt16(i * 4, true) + from.getInt16(i * 4 + 2, true)) / 2);
  }
  return new Uint8Array(mono.buffer);
}
