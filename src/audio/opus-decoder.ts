import { OpusDecoder as LibopusDecoder, type OpusDecoderSampleRate } from 'opus-decoder';
import { AppError } from '../kernel/errors.ts';
import { parseOpusPacket } from './opus-packet.ts';

const SAMPLE_RATES: readonly number[] = [8000, 12000, 16000, 24000, 48000];

/**
 * Decodes the packets of one Opus stream to signed 16-bit little-endian mono. Never throws for
 * what a packet holds: a packet that cannot be decoded is counted and becomes silence of the
 * length that its framing states (nothing if even the framing is broken), so that the clock of
 * the decoded stream keeps agreeing with the packets.
 */
export class OpusDecoder {
  readonly sampleRate: number;
  readonly #decoder: LibopusDecoder<OpusDecoderSampleRate>;
  #errors = 0;

  private constructor(decoder: LibopusDecoder<OpusDecoderSampleRate>, sampleRate: number) {
    this.#decoder = decoder;
    this.sampleRate = sampleRate;
  }

  /**
   * @param sampleRate hertz of the output: 8000, 12000, 16000, 24000 or 48000; another throws
   * `AppError` `unsupported-codec`
   */
  static async create(sampleRate: number): Promise<OpusDecoder> {
    if (!SAMPLE_RATES.includes(sampleRate)) {
      throw new AppError(
        'unsupported-codec',
        `Opus cannot be decoded to ${sampleRate} Hz; possible are ${SAMPLE_RATES.join(', ')}.`,
      );
    }
    const rate = sampleRate as OpusDecoderSampleRate;
    const decoder = new LibopusDecoder({ sampleRate: rate, channels: 1 });
    await decoder.ready;
    return new OpusDecoder(decoder, sampleRate);
  }

  /** Packets that could not be decoded so far. */
  get errors(): number {
    return this.#errors;
  }

  /** The packet's audio, empty if it is not an Opus packet at all. */
  decode(packet: Uint8Array): Uint8Array {
    const parsed = parseOpusPacket(packet);
    // libopus takes an empty packet for a lost one and answers 120 ms of concealment.
    if (!parsed.valid) {
      this.#errors += 1;
      return new Uint8Array(0);
    }
    const { channelData, samplesDecoded, errors } = this.#decoder.decodeFrame(packet);
    const samples = channelData[0];
    if (errors.length > 0 || samples === undefined || samplesDecoded === 0) {
      this.#errors += 1;
      return new Uint8Array(Math.round((parsed.durationMs * this.sampleRate) / 1000) * 2);
    }
    return toPcm16(samples.subarray(0, samplesDecoded));
  }

  /** Releases the decoder's memory; it must not be used afterwards. */
  close(): void {
    this.#decoder.free();
  }
}

function toPcm16(samples: Float32Array): Uint8Array {
  const pcm = new Int16Array(samples.length);
  // An index, comparisons and a sum: this runs for every sample of every device, and `Math.round` with
  // `Math.min` and `Math.max` costs a third of what the decoding does.
  for (let i = 0; i < samples.length; i += 1) {
    const value = (samples[i] ?? 0) * 32768;
    if (value >= 32767) pcm[i] = 32767;
    else if (value <= -32768) pcm[i] = -32768;
    else pcm[i] = value >= 0 ? value + 0.5 : value - 0.5;
  }
  return new Uint8Array(pcm.buffer);
}
