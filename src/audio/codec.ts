import { requireFfmpeg } from './aac-decoder.ts';
import type { AudioFormat } from './audio-format.ts';
import { Lc3Decoder } from './lc3-decoder.ts';

/** What is known of a codec name of the wire. */
export type CodecAnswer =
  | {
      status: 'supported';
      encoding: AudioFormat['encoding'];
      /** The name says nothing: it is PCM if the bytes are. */
      isAssumed: boolean;
    }
  | { status: 'unknown'; reason: string };

/**
 * The codecs that devices announce in the query of `/v4/listen`. The 8 and 16 of `pcm8` and
 * `pcm16` are kilohertz, not bits: all of `pcm*` and `linear16` are signed 16-bit mono.
 * `opus` carries packets of nominally 160 samples (10 ms), `opus_fs320` of 320; the packet's own TOC says what it is. `aac`
 * carries whole ADTS frames, `lc3_fs1030` frames of 30 bytes and 10 ms.
 */
export const CODECS = {
  pcm: 'pcm-s16le',
  pcm8: 'pcm-s16le',
  pcm16: 'pcm-s16le',
  linear16: 'pcm-s16le',
  opus: 'opus',
  opus_fs320: 'opus',
  aac: 'aac',
  lc3_fs1030: 'lc3',
} as const satisfies Record<string, AudioFormat['encoding']>;

/** Parts of names of what is certainly not signed 16-bit little-endian PCM, without punctuation. */
const OTHER_FORMATS =
  /opus|aac|lc3|mp[1-4]|mpeg|m4a|flac|alac|ogg|vorbis|webm|amr|speex|silk|evs|g7\d\d|[mua]law|pcm[ua]$|adpcm|gsm|sbc|aptx|ldac|wma|f(?:32|64)|float|double|[su](?:8|24|32|64)|16be|u16|(?:pcm|l|linear)(?:24|32|64)(?![\dk])/u;

/**
 * What this server knows of the named codec. Omi's server decodes the codecs above and takes every
 * other name as raw PCM. So does this one, unless the name is that of another format. Never throws.
 */
export function parseCodec(name: string): CodecAnswer {
  if (Object.hasOwn(CODECS, name)) {
    const encoding = CODECS[name as keyof typeof CODECS];
    return { status: 'supported', encoding, isAssumed: false };
  }
  // `_fs320` is the samples of a frame, whatever the codec.
  const plain = name.toLowerCase().replace(/_fs\d+|[^a-z0-9]/gu, '');
  if (OTHER_FORMATS.test(plain)) return { status: 'unknown', reason: unknownCodecText() };
  return { status: 'supported', encoding: 'pcm-s16le', isAssumed: true };
}

/** Message for a client whose codec is unknown. */
export function unknownCodecText(): string {
  return `Unknown codec; known are ${Object.keys(CODECS).join(', ')}.`;
}

/**
 * Throws `unsupported-codec` if this machine cannot decode the format; its message says what to
 * install. AAC and LC3 need software that is not part of this package.
 */
export async function requireDecoder(format: AudioFormat): Promise<void> {
  if (format.encoding === 'aac') await requireFfmpeg();
  if (format.encoding === 'lc3') (await Lc3Decoder.create(format.sampleRate)).close();
}
