import { OpusDecoder as LibopusDecoder, type OpusDecoderSampleRate } from 'opus-decoder';
import { AppError } from '../kernel/errors.ts';
import { opusPacketDurationMs } from './opus-packet.ts';

const SAMPLE_RATES: readonly number[] = [8000, 12000, 16000, 24000, 48000];

/**
 * The parts of the package's decoder that its own methods use. Those methods copy the samples of each packet twice,
 * into arrays of their own, which costs as much as a sixth of the decoding.
 */
interface LibopusParts {
  /** Address of the decoder. */
  _decoder: number;
  /** Memory that a packet is put into. */
  _input: { ptr: number; buf: Uint8Array };
  /** Memory that its samples are in afterwards, -1 to 1. */
  _output: { ptr: number; buf: Float32Array };
  _common: { wasm: LibopusFunctions };
}

interface LibopusFunctions {
  /** Returns the number of samples, or libopus's error code, which is negative. */
  opus_frame_decode_float_deinterleaved(
    decoder: number,
    input: number,
    inputBytes: number,
    output: number,
  ): number;
}

/**
 * Decodes the packets of one Opus stream to signed 16-bit little-endian mono. Never throws for
 * what a packet holds: a packet that cannot be decoded is counted and becomes silence of the
 * length that its framing states (nothing if even the framing is broken), so that the clock of
 * the decoded stream keeps agreeing with the packets.
 */
export class OpusDecoder {
  readonly sampleRate: number;
  readonly #parts: LibopusParts;
  readonly #free: () => void;
  #errors = 0;

  private constructor(parts: LibopusParts, sampleRate: number, free: () => void) {
    this.#parts = parts;
    this.sampleRate = sampleRate;
    this.#free = free;
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
    if (!hasParts(decoder)) {
      throw new AppError('internal', 'The package opus-decoder is of a version that is not known.');
    }
    return new OpusDecoder(decoder, sampleRate, () => decoder.free());
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
    const lengths = packets.map((packet) => this.#samplesOf(packet));
    const pcm = Buffer.allocUnsafe(2 * lengths.reduce((sum, length) => sum + length, 0));
    let at = 0;
    for (const [i, packet] of packets.entries()) {
      const length = lengths[i] ?? 0;
      const samples = new Int16Array(pcm.buffer, pcm.byteOffset + 2 * at, length);
      // libopus takes an empty packet for a lost one and answers 120 ms of concealment.
      if (length === 0 || !this.#decodeTo(samples, packet)) {
        this.#errors += 1;
        samples.fill(0);
      }
      at += length;
    }
    return pcm;
  }

  /** Releases the decoder's memory; it must not be used afterwards. */
  close(): void {
    this.#free();
  }

  /** Samples that a packet has by its framing; 0 if it is no packet of Opus. */
  #samplesOf(packet: Uint8Array): number {
    return Math.round(((opusPacketDurationMs(packet) ?? 0) * this.sampleRate) / 1000);
  }

  /** Fills `samples` with those of a packet. False if it cannot be decoded or has another number of them. */
  #decodeTo(samples: Int16Array, packet: Uint8Array): boolean {
    const { _decoder, _input, _output, _common } = this.#parts;
    if (packet.length > _input.buf.length) return false;
    _input.buf.set(packet);
    const count = _common.wasm.opus_frame_decode_float_deinterleaved(
      _decoder,
      _input.ptr,
      packet.length,
      _output.ptr,
    );
    if (count !== samples.length) return false;
    toPcm16(_output.buf, samples);
    return true;
  }
}

function hasParts(decoder: object): decoder is LibopusParts {
  // What they are is certain from the lock file; a test decodes with them.
  return ['_decoder', '_input', '_output', '_common'].every((name) => name in decoder);
}

/** Fills `to` with the first samples of `from` as signed 16-bit integers. */
function toPcm16(from: Float32Array, to: Int16Array): void {
  // An index, comparisons and integers: this runs for every sample of every device, and `Math.round` with
  // `Math.min` and `Math.max` costs a third of what the decoding does.
  for (let i = 0; i < to.length; i += 1) {
    // Shifted into the positive, so that cutting off the fraction rounds.
    const value = (from[i] ?? 0) * 32768 + 32768.5;
    to[i] = ((value < 0 ? 0 : value > 65535 ? 65535 : value) | 0) - 32768;
  }
}
