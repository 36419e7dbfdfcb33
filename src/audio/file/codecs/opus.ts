import { AppError } from '../../../kernel/errors.ts';
import { OpusDecoder } from '../../opus-decoder.ts';
import type { FileCodec } from '../file-codec.ts';

/** Rate that Opus is decoded to, hertz; speech has nothing above. */
export const OPUS_RATE = 16_000;

/** Opus of one or two channels, in any container. */
export const opus: FileCodec = {
  codecs: ['opus'],
  title: 'Opus',
  check: async ({ channels }) => {
    if (channels > 2) {
      throw new AppError(
        'unsupported-codec',
        `Opus of ${channels} channels is not read; convert it to two.`,
      );
    }
  },
  async *decode(packets) {
    const decoder = await OpusDecoder.create(OPUS_RATE);
    try {
      for await (const { data } of packets) {
        yield { bytes: decoder.decode(data), sampleRate: OPUS_RATE };
      }
    } finally {
      decoder.close();
    }
  },
};
