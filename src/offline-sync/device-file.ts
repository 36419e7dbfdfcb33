import { type AudioClock, audioClock } from '../audio/audio-clock.ts';
import type { AudioBatch, AudioFormat } from '../audio/audio-format.ts';
import { requireDecoder } from '../audio/codec.ts';
import { audioKind } from '../audio/file/audio-kind.ts';
import type { AudioSource } from '../audio/file/audio-source.ts';
import { readPieces } from '../audio/file/source-bytes.ts';
import type { WavHeader } from '../audio/wav-header.ts';
import { wavDecoder } from '../audio/wav-samples.ts';
import { AppError } from '../kernel/errors.ts';
import { decodedAudio } from '../stt/decoded-audio.ts';
import { openSpeechFile } from '../stt/transcribe-file.ts';
import type { DeviceCodec } from './device-file-name.ts';
import { lookForRecords, opusLikeness, readRecords } from './file-records.ts';

/** The sound of a file that a device has stored. */
export interface DeviceFile {
  /** What `frames` gives: Opus packets, or signed 16-bit mono. */
  format: AudioFormat;
  /** How far the clock of `frames` is ahead of the sound, milliseconds. */
  aheadMs: number;
  /** The sound from its beginning, a part of it in memory at a time. Each call reads anew. */
  frames(signal: AbortSignal): AsyncIterable<AudioBatch>;
  /** After reading to the end: what could not be read, in words; null if that is nothing. */
  problem(): string | null;
}

/** Bytes that are looked at to tell what a file holds. */
const HEAD_BYTES = 65_536;
/** Audio of one batch, milliseconds. */
const BATCH_MS = 100;
const DECODED_RATE = 16_000;
/** A file that is named Opus is read as such if this part of its records can be packets. */
const MIN_VALID = 0.5;
const MIN_ALIKE = 0.3;
/** A file that is named PCM is read as Opus if this part of its records are packets, most of them alike. */
const SURELY_OPUS = 0.95;
const SURELY_ALIKE = 0.7;
const MIN_PACKETS = 10;

/**
 * Opens a device's file. What its bytes are counts more than what its name says: a known container is read as
 * what it is, and Opus packets in a file that is named PCM are read as Opus.
 *
 * @throws `bad-request` if it holds no audio of its codec, `unsupported-codec` if this machine cannot decode it
 */
export async function openDeviceFile(source: AudioSource, codec: DeviceCodec): Promise<DeviceFile> {
  if (source.size === 0) throw new AppError('bad-request', 'The file is empty.');
  const head = await source.read(0, Math.min(source.size, HEAD_BYTES));
  const isWhole = head.length >= source.size;
  const { isFramed, records } = lookForRecords(head, isWhole);
  if (!isFramed && isContainer(head, codec)) return openContainer(source);
  const encoding = encodingOf(codec, isFramed ? records : []);
  if (encoding === 'opus' || encoding === 'aac' || encoding === 'lc3') {
    if (!isFramed) throw notOf(encoding);
    return openPackets(source, encoding);
  }
  return openSamples(source, { ...codec, encoding }, isFramed);
}

/** Kinds whose first bytes are so many that samples are not taken for them. */
const SURE_KINDS: readonly string[] = ['WAV', 'Ogg', 'FLAC', 'WebM', 'MP4'];
const CODED: readonly string[] = ['opus', 'aac', 'lc3'] satisfies DeviceCodec['encoding'][];

function isContainer(head: Uint8Array, { encoding }: DeviceCodec): boolean {
  const kind = audioKind(head);
  return kind !== null && (CODED.includes(encoding) || SURE_KINDS.includes(kind));
}

function encodingOf(codec: DeviceCodec, records: readonly Uint8Array[]): DeviceCodec['encoding'] {
  const { valid, alike } = opusLikeness(records);
  if (codec.encoding === 'opus') {
    if (records.length > 0 && (valid < MIN_VALID || alike < MIN_ALIKE)) throw notOf('opus');
    return 'opus';
  }
  const isOpus = valid >= SURELY_OPUS && alike >= SURELY_ALIKE;
  const isPcm = codec.encoding !== 'aac' && codec.encoding !== 'lc3';
  return isPcm && isOpus && records.length >= MIN_PACKETS ? 'opus' : codec.encoding;
}

function notOf(encoding: 'opus' | 'aac' | 'lc3'): AppError {
  const name = encoding.toUpperCase();
  return new AppError(
    'bad-request',
    `The file holds no ${name === 'OPUS' ? 'Opus' : name} packets, although its name says so.`,
  );
}

async function openContainer(source: AudioSource): Promise<DeviceFile> {
  const file = await openSpeechFile(source);
  const { format, aheadMs } = file;
  let broken: string | null = null;
  return {
    format,
    aheadMs,
    async *frames(signal) {
      let endMs = 0;
      try {
        for await (const batch of file.frames(signal)) {
          endMs = batch.startMs + batch.durationMs;
          yield batch;
        }
      } catch (error) {
        // What was read before the damage counts.
        if (!(error instanceof AppError) || error.code !== 'bad-request' || endMs === 0)
          throw error;
        broken = damagedAt(endMs);
      }
    },
    problem: () => broken,
  };
}

async function openPackets(
  source: AudioSource,
  encoding: 'opus' | 'aac' | 'lc3',
): Promise<DeviceFile> {
  const coded: AudioFormat = { encoding, sampleRate: DECODED_RATE };
  await requireDecoder(coded);
  const end: { problem: string | null } = { problem: null };
  const frames = (signal: AbortSignal) =>
    batchesOf(readRecords(readPieces(source, signal)), audioClock(coded), end);
  if (encoding === 'opus') return { format: coded, aheadMs: 0, frames, problem: () => end.problem };
  const decoded = decodedAudio(
    { readFrom: (_positionMs, signal) => frames(signal) },
    coded,
    DECODED_RATE,
  );
  return {
    format: { encoding: 'pcm-s16le', sampleRate: DECODED_RATE },
    aheadMs: 0,
    frames: (signal) => decoded.readFrom(0, signal),
    problem: () => end.problem,
  };
}

type Samples = DeviceCodec & { encoding: 'pcm16' | 'pcm8' | 'mulaw' | 'alaw' };

function openSamples(source: AudioSource, codec: Samples, isFramed: boolean): DeviceFile {
  const header = sampleHeader(codec);
  const decode = wavDecoder(header);
  const format: AudioFormat = { encoding: 'pcm-s16le', sampleRate: codec.sampleRate };
  const end: { problem: string | null } = { problem: null };
  return {
    format,
    aheadMs: 0,
    problem: () => end.problem,
    frames: (signal) => {
      const pieces = readPieces(source, signal);
      const parts = isFramed ? readRecords(pieces) : pieces;
      return batchesOf(wholeBlocks(parts, header.blockBytes, decode), audioClock(format), end);
    },
  };
}

const WIDTHS = { pcm16: 2, pcm8: 1, mulaw: 1, alaw: 1 } as const;

function sampleHeader({ encoding, channels, sampleRate }: Samples): WavHeader {
  const width = WIDTHS[encoding];
  const names = { pcm16: 'integer', pcm8: 'integer', mulaw: 'mu-law', alaw: 'a-law' } as const;
  return {
    encoding: names[encoding],
    channels,
    sampleRate,
    width,
    blockBytes: width * channels,
    isLittleEndian: true,
    start: 0,
    end: 0,
  };
}

/** Decodes samples however they are cut into parts. */
async function* wholeBlocks<End>(
  parts: AsyncGenerator<Uint8Array, End>,
  blockBytes: number,
  decode: (blocks: Uint8Array) => Uint8Array,
): AsyncGenerator<Uint8Array, End> {
  let rest: Uint8Array = new Uint8Array(0);
  for (;;) {
    const { value, done } = await parts.next();
    if (done) return value;
    const bytes: Uint8Array = rest.length === 0 ? value : Buffer.concat([rest, value]);
    const whole = bytes.length - (bytes.length % blockBytes);
    rest = bytes.slice(whole);
    if (whole > 0) yield decode(bytes.subarray(0, whole));
  }
}

/** Gathers frames into batches; what is no frame of the codec is left out. */
async function* batchesOf(
  frames: AsyncGenerator<Uint8Array, unknown>,
  clock: AudioClock,
  end: { problem: string | null },
): AsyncGenerator<AudioBatch> {
  let ticks = 0;
  let from = 0;
  let skipped = 0;
  let batch: Uint8Array[] = [];
  const flush = (): AudioBatch => {
    const startMs = clock.toMs(from);
    const made = { startMs, durationMs: clock.toMs(ticks) - startMs, frames: batch };
    batch = [];
    from = ticks;
    return made;
  };
  for (;;) {
    const { value, done } = await frames.next();
    if (done) {
      if (batch.length > 0) yield flush();
      end.problem = problemOf(value, skipped, clock.toMs(ticks));
      return;
    }
    const frame = value as Uint8Array;
    const length = clock.ticksOf(frame);
    if (length === 0) {
      skipped += 1;
      continue;
    }
    // A record is only valid until the next one is read.
    batch.push(Uint8Array.from(frame));
    ticks += length;
    if (clock.toMs(ticks - from) >= BATCH_MS) yield flush();
  }
}

function problemOf(end: unknown, skipped: number, endMs: number): string | null {
  if (end === 'damaged') return damagedAt(endMs);
  if (end === 'cut-off') {
    return `The file ends in the middle of a packet, after ${seconds(endMs)}; what comes before was kept.`;
  }
  if (skipped > 0) return `${skipped} damaged packets were left out.`;
  return null;
}

function damagedAt(ms: number): string {
  return `The file is damaged after ${seconds(ms)}; what comes before was kept.`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
