import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { mixToPcm16 } from '../../pcm-bytes.ts';
import type { FileCodec, SoundPacket, SoundTrack } from '../file-codec.ts';
import type { DecodedPcm } from '../pcm-batches.ts';

/** FLAC. Its header and its frames one after the other are the stream that the decoder takes. */
export const flac: FileCodec = {
  codecs: ['flac'],
  title: 'FLAC',
  check: async () => undefined,
  decode: (packets, track) => decodeFlac(streamOf(packets, track)),
};

/** Decodes a FLAC stream, native or in Ogg, from bytes that are cut anywhere. */
export async function* decodeFlac(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<DecodedPcm> {
  const decoder = new FLACDecoder();
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

async function* streamOf(
  packets: AsyncIterable<SoundPacket>,
  { setup }: SoundTrack,
): AsyncGenerator<Uint8Array> {
  if (setup) yield setup;
  for await (const { data } of packets) yield data;
}
