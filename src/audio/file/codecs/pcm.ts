import type { WavEncoding, WavHeader } from '../../wav-header.ts';
import { wavDecoder } from '../../wav-samples.ts';
import type { FileCodec, SoundTrack } from '../file-codec.ts';

interface PcmKind {
  encoding: WavEncoding;
  width: number;
  isLittleEndian: boolean;
}

const little = (encoding: WavEncoding, width: number) => ({
  encoding,
  width,
  isLittleEndian: true,
});
const big = (encoding: WavEncoding, width: number) => ({ encoding, width, isLittleEndian: false });

/** Samples without compression, or with that of telephony, as Mediabunny names them. */
const KINDS: Readonly<Record<string, PcmKind>> = {
  'pcm-u8': little('integer', 1),
  'pcm-s16': little('integer', 2),
  'pcm-s24': little('integer', 3),
  'pcm-s32': little('integer', 4),
  'pcm-f32': little('float', 4),
  'pcm-f64': little('float', 8),
  'pcm-s16be': big('integer', 2),
  'pcm-s24be': big('integer', 3),
  'pcm-s32be': big('integer', 4),
  'pcm-f32be': big('float', 4),
  'pcm-f64be': big('float', 8),
  alaw: little('a-law', 1),
  ulaw: little('mu-law', 1),
};

export const pcm: FileCodec = {
  codecs: Object.keys(KINDS),
  title: 'PCM',
  check: async () => undefined,
  async *decode(packets, track) {
    const header = headerOf(track);
    const decode = wavDecoder(header);
    for await (const { data } of packets) {
      const whole = data.length - (data.length % header.blockBytes);
      yield { bytes: decode(data.subarray(0, whole)), sampleRate: track.sampleRate };
    }
  },
};

function headerOf({ codec, channels, sampleRate }: SoundTrack): WavHeader {
  const kind = KINDS[codec] ?? little('integer', 2);
  return { ...kind, channels, sampleRate, blockBytes: kind.width * channels, start: 0, end: 0 };
}
