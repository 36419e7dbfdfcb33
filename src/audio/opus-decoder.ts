import { OpusDecoder as LibopusDecoder, type OpusDecoderSampleRate } from 'opus-decoder';
import { AppError } from '../kernel/errors.ts';
import { opusPacketDurationMs } from './opus-packet.ts';

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
    return this.decodeAll([packet]);
  }

  /** The audio of packets that follow each other: what `decode` returns of each, in one piece and cheaper. */
  decodeAll(packets: readonly Uint8Array[]): Uint8Array {
    const valid: Uint8Array[] = [];
    let expected = 0;
    for (const packet of packets) {
      // libopus takes an empty packet for a lost one and answers 120 ms of concealment.
      const durationMs = opusPacketDurationMs(packet);
      if (durationMs === null) continue;
      valid.push(packet);
      expected += Math.round((durationMs * this.sampleRate) / 1000);
    }
    this.#errors += packets.length - valid.length;
    const { channelData, samplesDecoded, errors } = this.#decoder.decodeFrames(valid);
    const [samples] = channelData;
    if (samples && errors.length === 0 && samplesDecoded === expected) return toPcm16(samples);
    // libopus decodes whatever has a valid framing. Should it not, all of them become silence.
    this.#errors += errors.length;
    return new Uint8Array(2 * expected);
  }

  /** Releases the decoder's memory; it must not be used afterwards. */
  close(): void {
    this.#decoder.free();
  }
}

function toPcm16(samples: Float32Array): Uint8Array {
  const pcm = new Int16Array(samples.length);
  // An index, comparisons and integers: this runs for every sample of every device, and `Math.round` with
  // `Math.min` and `Math.max` costs a third of what the decoding does.
  for (let i = 0; i < samples.length; i += 1) {
    // Shifted into the positive, so that cutting off the fraction rounds.
    const value = (samples[i] ?? 0) * 32768 + 32768.5;
    pcm[i] = ((value < 0 ? 0 : value > 65535 ? 65535 : value) | 0) - 32768;
  }
  return new Uint8Array(pcm.buffer);
}
