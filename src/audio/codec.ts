import { requireFfmpeg } from './aac-decoder.ts';
import type { AudioFormat } from './audio-format.ts';
import { Lc3Decoder } from './lc3-decoder.ts';

/** What is known of a codec name of the wire. */
export type CodecAnswer =
  | { status: 'supported'; encoding: AudioFormat['encoding'] }
  | { status: 'unknown'; reason: string };

/**
 * The codecs that devices announce in the query of `/v4/listen`. The 8 and 16 of `pcm8` and
 * `pcm16` are kilohertz, not bits: all three are signed 16-bit mono. `opus` carries packets of
 * nominally 160 samples (10 ms), `opus_fs320` of 320; the packet's own TOC says what it is. `aac`
 * carries whole ADTS frames, `lc3_fs1030` frames of 30 bytes and 10 ms.
 */
export const CODECS = {
  pcm: 'pcm-s16le',
  pcm8: 'pcm-s16le',
  pcm16: 'pcm-s16le',
  opus: 'opus',
  opus_fs320: 'opus',
  aac: 'aac',
  lc3_fs1030: 'lc3',
} as const satisfies Record<string, AudioFormat['encoding']>;

/** What this server knows of the named codec. Never throws. */
export function parseCodec(name: string): CodecAnswer {
  if (!Object.hasOwn(CODECS, name)) {
    return {
      status: 'unknown',
      reason: `Unknown codec; known are ${Object.keys(CODECS).join(', ')}.`,
    };
  }
  return { status: 'supported', encoding: CODECS[name as keyof typeof CODECS] };
}

/**
 * Throws `unsupported-codec` where this machine cannot decode the format; its message says what to
 * install. AAC and LC3 need software that is not part of this package.
 */
export async function requireDecoder(format: AudioFormat): Promise<void> {
  if (format.encoding === 'aac') await requireFfmpeg();
  if (format.encoding === 'lc3') (await Lc3Decoder.create(format.sampleRate)).close();
}
