import { clamp16 } from './pcm-bytes.ts';

/** Step sizes of IMA ADPCM, and how the place among them moves by a code (RFC 2361, tag 0x11). */
const IMA_STEPS = [
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73,
  80, 88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494,
  544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499,
  2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10_442,
  11_487, 12_635, 13_899, 15_289, 16_818, 18_500, 20_350, 22_385, 24_623, 27_086, 29_794, 32_767,
];
const IMA_MOVES = [-1, -1, -1, -1, 2, 4, 6, 8];
/** Weights of the two samples before, and how a step changes by a code, of Microsoft's ADPCM (tag 2). */
const MS_WEIGHTS: readonly (readonly [number, number])[] = [
  [256, 0],
  [512, -256],
  [0, 0],
  [192, 64],
  [240, 0],
  [460, -208],
  [392, -232],
];
const MS_CHANGES = [230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230];
/** Bytes before the codes of a block, a channel. */
const IMA_HEAD = 4;
const MS_HEAD = 7;

/**
 * Samples of a block of IMA ADPCM, channels mixed to their mean: first a sample and a place among the
 * steps of each channel, then groups of eight codes of each.
 */
export function decodeImaBlock(block: Uint8Array, channels: number): Int16Array {
  const groups = Math.floor((block.length - IMA_HEAD * channels) / (4 * channels));
  if (groups < 1) return new Int16Array(0);
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const sums = new Float64Array(1 + groups * 8);
  for (let channel = 0; channel < channels; channel += 1) {
    let sample = view.getInt16(channel * IMA_HEAD, true);
    let place = Math.min(88, view.getUint8(channel * IMA_HEAD + 2));
    sums[0] = (sums[0] ?? 0) + sample;
    for (let i = 0; i < groups * 8; i += 1) {
      const group = IMA_HEAD * channels + ((i >> 3) * channels + channel) * 4;
      const byte = view.getUint8(group + ((i & 7) >> 1));
      const code = i % 2 === 0 ? byte & 15 : byte >> 4;
      sample = imaSample(sample, IMA_STEPS[place] ?? 7, code);
      place = Math.max(0, Math.min(88, place + (IMA_MOVES[code & 7] ?? 0)));
      sums[i + 1] = (sums[i + 1] ?? 0) + sample;
    }
  }
  return mean(sums, channels);
}

function imaSample(sample: number, step: number, code: number): number {
  let change = step >> 3;
  if (code & 1) change += step >> 2;
  if (code & 2) change += step >> 1;
  if (code & 4) change += step;
  return clamp16(code & 8 ? sample - change : sample + change);
}

/**
 * Samples of a block of Microsoft's ADPCM, channels mixed to their mean: first weights, a step and two
 * samples of each channel, then codes of the channels in turn.
 */
export function decodeMsBlock(block: Uint8Array, channels: number): Int16Array {
  const codes = Math.floor(((block.length - MS_HEAD * channels) * 2) / channels);
  if (codes < 0) return new Int16Array(0);
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const sums = new Float64Array(2 + codes);
  for (let channel = 0; channel < channels; channel += 1) {
    const [first, second] = MS_WEIGHTS[view.getUint8(channel)] ?? [256, 0];
    let step = view.getInt16(channels + channel * 2, true);
    let last = view.getInt16(channels * 3 + channel * 2, true);
    let before = view.getInt16(channels * 5 + channel * 2, true);
    sums[0] = (sums[0] ?? 0) + before;
    sums[1] = (sums[1] ?? 0) + last;
    for (let i = 0; i < codes; i += 1) {
      const nibble = i * channels + channel;
      const byte = view.getUint8(MS_HEAD * channels + (nibble >> 1));
      const code = nibble % 2 === 0 ? byte >> 4 : byte & 15;
      const guess = Math.trunc((last * first + before * second) / 256);
      before = last;
      last = clamp16(guess + (code >= 8 ? code - 16 : code) * step);
      step = Math.max(16, Math.trunc(((MS_CHANGES[code] ?? 230) * step) / 256));
      sums[i + 2] = (sums[i + 2] ?? 0) + last;
    }
  }
  return mean(sums, channels);
}

function mean(sums: Float64Array, channels: number): Int16Array {
  return Int16Array.from(sums, (sum) => clamp16(Math.round(sum / channels)));
}
