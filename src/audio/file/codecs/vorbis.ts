import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { AppError } from '../../../kernel/errors.ts';
import { encodeOggPage, OGG_FIRST, OGG_LAST, OGG_MAX_SEGMENTS } from '../../ogg-page.ts';
import { mixToPcm16 } from '../../pcm-bytes.ts';
import type { FileCodec, SoundPacket, SoundTrack } from '../file-codec.ts';
import type { DecodedPcm } from '../pcm-batches.ts';

/** Vorbis in containers other than Ogg; the decoder takes it in Ogg. */
export const vorbis: FileCodec = {
  codecs: ['vorbis'],
  title: 'Vorbis',
  check: async ({ setup }) => {
    if (!setup || headersOf(setup).length !== 3) {
      throw new AppError('bad-request', 'The Vorbis stream has no header.');
    }
  },
  decode: (packets, track) => decodeVorbis(oggPages(packets, track)),
};

/** Decodes Ogg/Vorbis from bytes that are cut anywhere. */
export async function* decodeVorbis(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<DecodedPcm> {
  const decoder = new OggVorbisDecoder();
  await decoder.ready;
  try {
    for await (const chunk of bytes) {
      const { channelData, samplesDecoded, sampleRate } = await decoder.decode(chunk);
      if (samplesDecoded > 0) yield { bytes: mixToPcm16(channelData, samplesDecoded), sampleRate };
    }
    const { channelData, samplesDecoded, sampleRate } = await decoder.flush();
    if (samplesDecoded > 0) yield { bytes: mixToPcm16(channelData, samplesDecoded), sampleRate };
  } finally {
    decoder.free();
  }
}

/** Packets as pages of Ogg, one each; positions count what the packets are said to last. */
async function* oggPages(
  packets: AsyncIterable<SoundPacket>,
  { setup, sampleRate }: SoundTrack,
): AsyncGenerator<Uint8Array> {
  const [first, ...others] = headersOf(setup ?? new Uint8Array(0));
  let sequence = 0;
  let position = 0;
  const page = (flags: number, data: readonly Uint8Array[]): Uint8Array => {
    const segments = data.flatMap((packet) => lacing(packet.length));
    const granulePosition = BigInt(Math.round(position));
    const encoded = encodeOggPage({
      flags,
      granulePosition,
      serial: 1,
      sequence,
      segments,
      body: data,
    });
    sequence += 1;
    return encoded;
  };
  if (first) yield page(OGG_FIRST, [first]);
  for (const header of others) yield* pagesOf(header, page);
  for await (const { data, durationMs } of packets) {
    position += (durationMs * sampleRate) / 1000;
    yield* pagesOf(data, page);
  }
  yield page(OGG_LAST, []);
}

/** The pages that one packet takes: it goes on from page to page as RFC 3533 says. */
function* pagesOf(
  packet: Uint8Array,
  page: (flags: number, data: readonly Uint8Array[]) => Uint8Array,
): Generator<Uint8Array> {
  // A packet that needs more than a page is damaged: sound of a second has a tenth of it.
  if (packet.length < OGG_MAX_SEGMENTS * 255) yield page(0, [packet]);
}

function lacing(length: number): number[] {
  return [...new Array<number>(Math.floor(length / 255)).fill(255), length % 255];
}

/** The three headers of Vorbis as Matroska packs them (Xiph lacing); fewer if they are damaged. */
function headersOf(setup: Uint8Array): Uint8Array[] {
  if (setup[0] !== 2) return [];
  const sizes: number[] = [];
  let at = 1;
  for (let count = 0; count < 2; count += 1) {
    let size = 0;
    for (; setup[at] === 255; at += 1) size += 255;
    size += setup[at] ?? 0;
    at += 1;
    sizes.push(size);
  }
  const [a = 0, b = 0] = sizes;
  if (at + a + b >= setup.length) return [];
  return [
    setup.subarray(at, at + a),
    setup.subarray(at + a, at + a + b),
    setup.subarray(at + a + b),
  ];
}
