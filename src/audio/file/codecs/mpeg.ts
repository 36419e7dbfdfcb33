import { MPEGDecoder } from 'mpg123-decoder';
import { mixToPcm16 } from '../../pcm-bytes.ts';
import type { FileCodec, SoundPacket } from '../file-codec.ts';
import type { DecodedPcm } from '../pcm-batches.ts';

/** MPEG audio, layers 1 to 3. */
export const mpeg: FileCodec = {
  codecs: ['mp3'],
  title: 'MP3',
  check: async () => undefined,
  decode: (packets) => decodeMpeg(dataOf(packets)),
};

/** Decodes MPEG audio from bytes that are cut anywhere; what is between its frames is skipped. */
export async function* decodeMpeg(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<DecodedPcm> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  try {
    for await (const chunk of bytes) {
      const { channelData, samplesDecoded, sampleRate } = decoder.decode(chunk);
      if (samplesDecoded > 0) yield { bytes: mixToPcm16(channelData, samplesDecoded), sampleRate };
    }
  } finally {
    decoder.free();
  }
}

async function* dataOf(packets: AsyncIterable<SoundPacket>): AsyncGenerator<Uint8Array> {
  for await (const { data } of packets) yield data;
}
