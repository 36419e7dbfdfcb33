/** Zero crossings of the filter on each side; more is a sharper edge and more work. */
const LOBES = 16;
/** Where the filter begins to fall, as a part of the lower of the two Nyquist frequencies. */
const CUTOFF = 0.92;
/** Rates without a common divisor have more positions: the nearest of so many is taken. */
const MAX_PHASES = 1024;

/**
 * Changes the rate of signed 16-bit little-endian mono, piece by piece, by a windowed sinc filter
 * (J. O. Smith, Digital Audio Resampling, https://ccrma.stanford.edu/~jos/resample/). The delay of
 * the filter is taken out: sample `n` of the output belongs to the time `n / to`, and over the whole
 * stream `ceil(inputs * to / from)` samples come out.
 */
export class Resampler {
  /** Output samples per `#down` input samples, in lowest terms. */
  readonly #up: number;
  readonly #down: number;
  /** Input samples on each side of the centre that an output sample is made of. */
  readonly #reach: number;
  /** Filters for the positions that an output sample can have between input samples. */
  readonly #phases: Float64Array[];
  /** Input that further output still needs; its first sample is number `#firstInput`. */
  #input: Float64Array;
  #firstInput: number;
  #received = 0;
  #produced = 0;

  constructor(from: number, to: number) {
    const divisor = gcd(from, to);
    this.#up = to / divisor;
    this.#down = from / divisor;
    const cutoff = CUTOFF * Math.min(1, to / from);
    this.#reach = Math.ceil(LOBES / cutoff);
    const phases = Math.min(this.#up, MAX_PHASES);
    this.#phases = Array.from({ length: phases }, (_, phase) =>
      filterAt(phase / phases, this.#reach, cutoff),
    );
    // Silence before the first sample, as far as the filter reaches back.
    this.#input = new Float64Array(this.#reach);
    this.#firstInput = -this.#reach;
  }

  /** The output that can be made now: it stays behind the input by the filter's reach. */
  push(pcm: Uint8Array): Uint8Array {
    const count = pcm.length >> 1;
    const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
    this.#extend(count, (i) => view.getInt16(i * 2, true));
    this.#received += count;
    return this.#make(Number.POSITIVE_INFINITY);
  }

  /** The rest, after the last input. */
  end(): Uint8Array {
    const total = Math.ceil((this.#received * this.#up) / this.#down);
    this.#extend(this.#reach + 1, () => 0);
    return this.#make(total);
  }

  #extend(count: number, sampleAt: (i: number) => number): void {
    const input = new Float64Array(this.#input.length + count);
    input.set(this.#input);
    for (let i = 0; i < count; i += 1) input[this.#input.length + i] = sampleAt(i);
    this.#input = input;
  }

  #make(limit: number): Uint8Array {
    const lastInput = this.#firstInput + this.#input.length - 1;
    const samples: number[] = [];
    while (this.#produced < limit) {
      const position = this.#produced * this.#down;
      const phase = Math.round(((position % this.#up) * this.#phases.length) / this.#up);
      // A phase that is rounded up to a whole sample is the first one of the next.
      const isNext = phase === this.#phases.length;
      const centre = Math.floor(position / this.#up) + (isNext ? 1 : 0);
      if (centre + this.#reach > lastInput) break;
      const filter = this.#phases[isNext ? 0 : phase];
      if (!filter) break;
      samples.push(weightedSum(this.#input, centre - this.#reach + 1 - this.#firstInput, filter));
      this.#produced += 1;
    }
    const next = Math.floor((this.#produced * this.#down) / this.#up);
    const needed = next - this.#reach;
    if (needed > this.#firstInput) {
      this.#input = this.#input.slice(needed - this.#firstInput);
      this.#firstInput = needed;
    }
    return toPcm16(samples);
  }
}

/** Indices instead of iterators: this runs for every sample of every file and of many devices. */
function weightedSum(input: Float64Array, start: number, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i += 1) sum += (weights[i] ?? 0) * (input[start + i] ?? 0);
  return sum;
}

/** Weights of the input samples `centre - reach + 1` to `centre + reach` for an output at `centre + offset`. */
function filterAt(offset: number, reach: number, cutoff: number): Float64Array {
  const weights = Float64Array.from({ length: 2 * reach }, (_, i) => {
    const distance = i - reach + 1 - offset;
    return sinc(distance * cutoff) * blackman(distance / reach);
  });
  // A constant input gives the same constant out.
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The window over -1 to 1. */
function blackman(x: number): number {
  if (Math.abs(x) >= 1) return 0;
  return 0.42 + 0.5 * Math.cos(Math.PI * x) + 0.08 * Math.cos(2 * Math.PI * x);
}

function toPcm16(samples: readonly number[]): Uint8Array {
  const pcm = new Uint8Array(samples.length * 2);
  const view = new DataView(pcm.buffer);
  for (let i = 0; i < samples.length; i += 1) {
    view.setInt16(i * 2, Math.max(-32768, Math.min(32767, Math.round(samples[i] ?? 0))), true);
  }
  return pcm;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** Returns complete audio, signed 16-bit mono, at another rate. */
export function resampleAll(samples: Int16Array, from: number, to: number): Int16Array {
  if (from === to) return samples;
  const resampler = new Resampler(from, to);
  const head = resampler.push(
    new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength),
  );
  const bytes = Uint8Array.from(Buffer.concat([head, resampler.end()]));
  return new Int16Array(bytes.buffer);
}
