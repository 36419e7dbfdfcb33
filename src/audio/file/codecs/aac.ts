import { AppError } from '../../../kernel/errors.ts';
import { decodeAac, requireFfmpeg } from '../../aac-decoder.ts';
import { ADTS_SAMPLE_RATES } from '../../aac-frame.ts';
import type { AudioBatch } from '../../audio-format.ts';
import type { FileCodec, SoundPacket, SoundTrack } from '../file-codec.ts';

/** Packets that travel together to the decoder. */
const PACKETS_PER_BATCH = 16;
const MAX_PACKET = 8_184;
/** What ffmpeg decodes to, hertz; speech has nothing above. */
const DECODED_RATE = 16_000;

/** AAC, by the program ffmpeg: packets with headers of their own (ADTS), or those of an MP4 file. */
export const aac: FileCodec = {
  codecs: ['aac'],
  title: 'AAC',
  check: async ({ setup }) => {
    if (setup) adtsHeader(setup, 0);
    await requireFfmpeg();
  },
  async *decode(packets, track, signal) {
    for await (const { frames } of decodeAac(adtsBatches(packets, track), DECODED_RATE, signal)) {
      for (const bytes of frames) yield { bytes, sampleRate: DECODED_RATE };
    }
  },
};

async function* adtsBatches(
  packets: AsyncIterable<SoundPacket>,
  { setup }: SoundTrack,
): AsyncGenerator<AudioBatch> {
  let startMs = 0;
  let endMs = 0;
  let frames: Uint8Array[] = [];
  for await (const { data, durationMs } of packets) {
    // A longer packet is damaged: its length has no place in the header.
    if (data.length > MAX_PACKET) continue;
    frames.push(setup ? Buffer.concat([adtsHeader(setup, data.length), data]) : data);
    endMs += durationMs;
    if (frames.length < PACKETS_PER_BATCH) continue;
    yield { startMs, durationMs: endMs - startMs, frames };
    startMs = endMs;
    frames = [];
  }
  if (frames.length > 0) yield { startMs, durationMs: endMs - startMs, frames };
}

/**
 * The ADTS header of a packet (ISO/IEC 14496-3, 1.A.2.2) by the file's AudioSpecificConfig (1.6.2.1).
 * A decoder finds spectral band replication by itself.
 */
function adtsHeader(config: Uint8Array, length: number): Uint8Array {
  const [b0 = 0, b1 = 0, b2 = 0] = config;
  let object = b0 >> 3;
  let index = ((b0 & 7) << 1) | (b1 >> 7);
  const channels = (b1 >> 3) & 15;
  // High-efficiency AAC: the object of its core follows the extended rate.
  if (object === 5 || object === 29) object = (b2 >> 2) & 31;
  if (index === 15) index = rateIndex(config);
  const isUsable = object >= 1 && object <= 4 && index < ADTS_SAMPLE_RATES.length && channels >= 1;
  if (!isUsable) {
    throw new AppError(
      'unsupported-codec',
      'This kind of AAC is not supported; convert it to AAC-LC.',
    );
  }
  const size = length + 7;
  return Uint8Array.of(
    0xff,
    0xf1,
    ((object - 1) << 6) | (index << 2) | (channels >> 2),
    ((channels & 3) << 6) | ((size >> 11) & 3),
    (size >> 3) & 0xff,
    ((size & 7) << 5) | 0x1f,
    0xfc,
  );
}

/** The index of a rate that is written out in 24 bits; one that is not in the table gives 15. */
function rateIndex(config: Uint8Array): number {
  const [, b1 = 0, b2 = 0, b3 = 0, b4 = 0] = config;
  const rate = ((b1 & 0x7f) << 17) | (b2 << 9) | (b3 << 1) | (b4 >> 7);
  const index = ADTS_SAMPLE_RATES.indexOf(rate);
  return index < 0 ? 15 : index;
}
