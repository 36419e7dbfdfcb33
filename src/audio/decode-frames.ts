import { AppError } from '../kernel/errors.ts';
import type { AudioFormat } from './audio-format.ts';
import { Lc3Decoder } from './lc3-decoder.ts';
import { OpusDecoder } from './opus-decoder.ts';

/** Decodes the frames of a stream one by one, for what listens beside it. */
export interface FrameDecoder {
  /** Hertz of what comes out. */
  sampleRate: number;
  /** Returns signed 16-bit little-endian mono. */
  decode(frame: Uint8Array): Uint8Array;
  close(): void;
}

const OPUS_RATE = 16_000;

/** @throws AppError `unsupported-codec` for AAC, which is decoded by a process of its own */
export async function frameDecoder({ encoding, sampleRate }: AudioFormat): Promise<FrameDecoder> {
  switch (encoding) {
    case 'pcm-s16le':
      return { sampleRate, decode: (frame) => frame, close: () => undefined };
    case 'opus': {
      const decoder = await OpusDecoder.create(OPUS_RATE);
      return {
        sampleRate: OPUS_RATE,
        decode: (frame) => decoder.decode(frame),
        close: () => decoder.close(),
      };
    }
    case 'lc3': {
      const decoder = await Lc3Decoder.create(sampleRate);
      return { sampleRate, decode: (frame) => decoder.decode(frame), close: () => decoder.close() };
    }
    default:
      throw new AppError('unsupported-codec', `No voice can be detected in ${encoding}.`);
  }
}
