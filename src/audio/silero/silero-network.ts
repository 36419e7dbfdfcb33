import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** See `packages/silero-vad/README.md`. */
const WEIGHTS = fileURLToPath(
  new URL('../../../packages/silero-vad/silero-vad-v6-16khz.f32', import.meta.url),
);
const SHA256 = '2ff111bbd149549f539bdc239b24c3c124353bdd814a8486ec5025574466970f';

/** Samples that are judged at once, at 16 kHz: 32 ms. */
export const SILERO_WINDOW = 512;
/** Samples before them that are looked at too. */
const CONTEXT = 64;
/** Samples of the frames of the Fourier transform, and of their distance. */
const FRAME = 256;
const HOP = 128;
const BINS = FRAME / 2 + 1;
const FRAMES = 4;
const HIDDEN = 128;

/** A convolution over time with a kernel of 3. */
interface Convolution {
  inputs: number;
  outputs: number;
  stride: number;
  /** `[output][input][3]`. */
  weight: Float32Array;
  bias: Float32Array;
}

/** What one stream remembers between two windows. */
export interface SileroState {
  hidden: Float32Array;
  cell: Float32Array;
  /** The last samples. */
  context: Float32Array;
}

/** Returns the state at the beginning of a stream. */
export function newSileroState(): SileroState {
  return {
    hidden: new Float32Array(HIDDEN),
    cell: new Float32Array(HIDDEN),
    context: new Float32Array(CONTEXT),
  };
}

/**
 * The network of Silero VAD 6 for 16 kHz (https://github.com/snakers4/silero-vad): magnitudes of a Fourier
 * transform, four convolutions, an LSTM. All streams share one: a session of ONNX Runtime for each would take
 * megabytes, and the network is small enough to be computed here.
 */
export class SileroNetwork {
  readonly #layers: readonly Convolution[];
  /** Of the input and of the hidden state, `[4 · 128][128]`: input, forget, cell and output gate. */
  readonly #fromInput: Float32Array;
  readonly #fromHidden: Float32Array;
  readonly #gateBias: Float32Array;
  readonly #last: Float32Array;
  readonly #lastBias: number;
  // Streams take turns, so that what is needed while a window is judged is shared too.
  readonly #samples = new Float32Array(CONTEXT + SILERO_WINDOW + CONTEXT);
  readonly #spectrum = new Float32Array(BINS * FRAMES);
  readonly #column = new Float32Array(BINS * 3);
  readonly #gates = new Float32Array(4 * HIDDEN);
  readonly #transform = new MagnitudeTransform();

  /** @param weights as packages/silero-vad/README.md says */
  constructor(weights: Float32Array) {
    let at = 0;
    const take = (length: number) => {
      at += length;
      return weights.subarray(at - length, at);
    };
    const layer = (inputs: number, outputs: number, stride: number): Convolution => ({
      inputs,
      outputs,
      stride,
      weight: take(outputs * inputs * 3),
      bias: take(outputs),
    });
    this.#layers = [layer(BINS, 128, 1), layer(128, 64, 2), layer(64, 64, 2), layer(64, 128, 1)];
    this.#fromInput = take(4 * HIDDEN * HIDDEN);
    this.#fromHidden = take(4 * HIDDEN * HIDDEN);
    const bias = take(4 * HIDDEN);
    const hiddenBias = take(4 * HIDDEN);
    this.#gateBias = bias.map((value, i) => value + (hiddenBias[i] ?? 0));
    this.#last = take(HIDDEN);
    this.#lastBias = take(1)[0] ?? 0;
    if (at !== weights.length) throw new Error('These are not the weights of Silero VAD.');
  }

  /**
   * Returns how likely there is speech in the window, 0 to 1.
   *
   * @param window `SILERO_WINDOW` samples, -1 to 1
   * @param state of the stream; it is changed
   */
  judge(window: Float32Array, state: SileroState): number {
    this.#readSamples(window, state);
    let [columns, frames]: [Float32Array, number] = [this.#magnitudes(), FRAMES];
    for (const layer of this.#layers) {
      columns = this.#convolve(layer, columns, frames);
      frames = Math.ceil(frames / layer.stride);
    }
    return this.#remember(columns, state);
  }

  /** Context, window, and the end of the window mirrored. */
  #readSamples(window: Float32Array, { context }: SileroState): void {
    const samples = this.#samples;
    samples.set(context, 0);
    samples.set(window, CONTEXT);
    const end = CONTEXT + SILERO_WINDOW;
    for (let i = 0; i < CONTEXT; i += 1) samples[end + i] = samples[end - 2 - i] ?? 0;
    context.set(window.subarray(SILERO_WINDOW - CONTEXT));
  }

  /** `[bin][frame]`. */
  #magnitudes(): Float32Array {
    for (let frame = 0; frame < FRAMES; frame += 1) {
      const at = frame * HOP;
      this.#transform.write(this.#samples.subarray(at, at + FRAME), this.#spectrum, frame, FRAMES);
    }
    return this.#spectrum;
  }

  /** A convolution with a pad of one frame on each side, and what is negative is 0. */
  #convolve(layer: Convolution, input: Float32Array, frames: number): Float32Array {
    const { inputs, outputs, stride, weight, bias } = layer;
    const made = Math.ceil(frames / stride);
    const output = new Float32Array(outputs * made);
    const size = inputs * 3;
    const column = this.#column.subarray(0, size);
    for (let frame = 0; frame < made; frame += 1) {
      for (let i = 0; i < inputs; i += 1) {
        for (let k = 0; k < 3; k += 1) {
          const from = frame * stride + k - 1;
          column[i * 3 + k] = from < 0 || from >= frames ? 0 : (input[i * frames + from] ?? 0);
        }
      }
      for (let o = 0; o < outputs; o += 1) {
        const sum = (bias[o] ?? 0) + dot(weight, o * size, column, size);
        output[o * made + frame] = sum > 0 ? sum : 0;
      }
    }
    return output;
  }

  /** One step of the LSTM, and the layer behind it. */
  #remember(input: Float32Array, { hidden, cell }: SileroState): number {
    const gates = this.#gates;
    for (let i = 0; i < gates.length; i += 1) {
      gates[i] =
        (this.#gateBias[i] ?? 0) +
        dot(this.#fromInput, i * HIDDEN, input, HIDDEN) +
        dot(this.#fromHidden, i * HIDDEN, hidden, HIDDEN);
    }
    let sum = this.#lastBias;
    for (let i = 0; i < HIDDEN; i += 1) {
      const kept = sigmoid(gates[HIDDEN + i] ?? 0) * (cell[i] ?? 0);
      const added = sigmoid(gates[i] ?? 0) * Math.tanh(gates[2 * HIDDEN + i] ?? 0);
      const value = kept + added;
      const out = sigmoid(gates[3 * HIDDEN + i] ?? 0) * Math.tanh(value);
      cell[i] = value;
      hidden[i] = out;
      sum += Math.max(0, out) * (this.#last[i] ?? 0);
    }
    return sigmoid(sum);
  }
}

let loaded: Promise<SileroNetwork> | undefined;

/** Returns the network, which is read once. @throws Error if its file is not there, or another one */
export function loadSilero(): Promise<SileroNetwork> {
  loaded ??= readNetwork(WEIGHTS);
  return loaded;
}

/** Reads and checks the weights. @throws Error as `loadSilero` */
export async function readNetwork(file: string): Promise<SileroNetwork> {
  const bytes = await readFile(file);
  if (createHash('sha256').update(bytes).digest('hex') !== SHA256) {
    throw new Error(`${file} does not hold the weights of Silero VAD.`);
  }
  const weights = new Float32Array(bytes.length / 4);
  for (let i = 0; i < weights.length; i += 1) weights[i] = bytes.readFloatLE(i * 4);
  return new SileroNetwork(weights);
}

/** Magnitudes of the spectrum of a frame under a Hann window, by a radix-2 fast Fourier transform. */
class MagnitudeTransform {
  readonly #window: Float32Array;
  readonly #cos = new Float32Array(FRAME / 2);
  readonly #sin = new Float32Array(FRAME / 2);
  readonly #order = new Uint16Array(FRAME);
  readonly #real = new Float32Array(FRAME);
  readonly #imaginary = new Float32Array(FRAME);

  constructor() {
    this.#window = Float32Array.from({ length: FRAME }, (_, i) => {
      return 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / FRAME);
    });
    const bits = Math.log2(FRAME);
    for (let i = 0; i < FRAME; i += 1) {
      let reversed = 0;
      for (let bit = 0; bit < bits; bit += 1) reversed |= ((i >> bit) & 1) << (bits - 1 - bit);
      this.#order[i] = reversed;
    }
    for (let i = 0; i < FRAME / 2; i += 1) {
      this.#cos[i] = Math.cos((2 * Math.PI * i) / FRAME);
      this.#sin[i] = -Math.sin((2 * Math.PI * i) / FRAME);
    }
  }

  /** Writes bin `b` to `output[b * stride + at]`. */
  write(samples: Float32Array, output: Float32Array, at: number, stride: number): void {
    const [real, imaginary] = [this.#real, this.#imaginary];
    for (let i = 0; i < FRAME; i += 1) {
      real[this.#order[i] ?? 0] = (samples[i] ?? 0) * (this.#window[i] ?? 0);
    }
    imaginary.fill(0);
    for (let size = 2; size <= FRAME; size *= 2) this.#combine(size);
    for (let bin = 0; bin < BINS; bin += 1) {
      const [a, b] = [real[bin] as number, imaginary[bin] as number];
      output[bin * stride + at] = Math.sqrt(a * a + b * b);
    }
  }

  /** One round: transforms of `size / 2` become transforms of `size`. */
  #combine(size: number): void {
    const [real, imaginary] = [this.#real, this.#imaginary];
    const half = size / 2;
    const step = FRAME / size;
    for (let from = 0; from < FRAME; from += size) {
      for (let k = 0; k < half; k += 1) {
        const [low, high] = [from + k, from + k + half];
        const [cos, sin] = [this.#cos[k * step] ?? 0, this.#sin[k * step] ?? 0];
        const [a, b] = [real[high] ?? 0, imaginary[high] ?? 0];
        const [turnedReal, turnedImaginary] = [a * cos - b * sin, a * sin + b * cos];
        real[high] = (real[low] ?? 0) - turnedReal;
        imaginary[high] = (imaginary[low] ?? 0) - turnedImaginary;
        real[low] = (real[low] ?? 0) + turnedReal;
        imaginary[low] = (imaginary[low] ?? 0) + turnedImaginary;
      }
    }
  }
}

/** Scalar product of a row and a vector. Four sums at once keep the processor's pipelines full. */
function dot(matrix: Float32Array, from: number, vector: Float32Array, length: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    a += (matrix[from + i] as number) * (vector[i] as number);
    b += (matrix[from + i + 1] as number) * (vector[i + 1] as number);
    c += (matrix[from + i + 2] as number) * (vector[i + 2] as number);
    d += (matrix[from + i + 3] as number) * (vector[i + 3] as number);
  }
  for (; i < length; i += 1) a += (matrix[from + i] as number) * (vector[i] as number);
  return a + b + c + d;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
