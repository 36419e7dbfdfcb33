import { AppError } from '../../kernel/errors.ts';
import type { AudioFile, OpenAudioOptions } from './audio-file.ts';
import type { AudioSource } from './audio-source.ts';
import { decodeFlac } from './codecs/flac.ts';
import { toBatches } from './pcm-batches.ts';
import { soundBatches } from './sound-batches.ts';
import { readPieces } from './source-bytes.ts';

/** Bytes of the mark and of the first block, which every FLAC file has (RFC 9639 §8.2). */
const HEADER_BYTES = 42;

/** What the first block of FLAC tells. */
export interface FlacHead {
  /** Hertz. */
  sampleRate: number;
  channels: number;
  /** Samples of a channel; 0 if the encoder did not know. */
  samples: number;
}

/** Opens a FLAC file, also one that was cut off; errors as of `openAudioFile`. */
export async function openFlacFile(
  source: AudioSource,
  { sampleRate }: OpenAudioOptions,
): Promise<AudioFile> {
  const head = readFlacHead(await source.read(0, HEADER_BYTES));
  if (!head) throw new AppError('bad-request', 'The FLAC file cannot be read: it has no header.');
  const { channels, samples, sampleRate: native } = head;
  const rate = sampleRate ?? native;
  return {
    description: `FLAC, ${native} Hz${channels === 1 ? '' : `, ${channels} channels`}`,
    format: { encoding: 'pcm-s16le', sampleRate: rate },
    durationMs: samples === 0 ? null : (samples * 1000) / native,
    aheadMs: 0,
    frames: (signal) =>
      soundBatches('FLAC', signal, () => toBatches(decodeFlac(readPieces(source, signal)), rate)),
  };
}

/** Reads the block STREAMINFO behind the mark `fLaC`; null if there is none. */
export function readFlacHead(bytes: Uint8Array): FlacHead | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mark = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  if (mark !== 'fLaC' || bytes.length < HEADER_BYTES) return null;
  // Twenty bits of rate, three of channels less one, five of depth, 36 of samples.
  const bits = view.getUint32(18);
  const sampleRate = bits >>> 12;
  const samples = (view.getUint8(21) & 15) * 2 ** 32 + view.getUint32(22);
  return sampleRate === 0 ? null : { sampleRate, channels: ((bits >> 9) & 7) + 1, samples };
}
