/** A voice as numbers: a vector of length 1. Vectors of one model only can be compared. */
export type VoiceVector = Float32Array;

/** Vectors shorter than this have no direction. */
const LEAST_LENGTH = 1e-6;

/** Returns the vector with length 1; null if it has no direction or is not made of finite numbers. */
export function normalised(vector: ArrayLike<number>): VoiceVector | null {
  let sum = 0;
  for (let i = 0; i < vector.length; i += 1) sum += (vector[i] ?? 0) ** 2;
  const length = Math.sqrt(sum);
  if (!Number.isFinite(length) || length < LEAST_LENGTH) return null;
  return Float32Array.from(vector, (value) => value / length);
}

/**
 * Returns the cosine distance of two vectors of length 1: 0 for the same direction, 1 for voices that
 * have nothing in common, 2 at most. Vectors of different lengths are of different models: 2.
 */
export function distanceOf(a: VoiceVector, b: VoiceVector): number {
  if (a.length !== b.length) return 2;
  let product = 0;
  for (let i = 0; i < a.length; i += 1) product += (a[i] ?? 0) * (b[i] ?? 0);
  return Math.min(2, Math.max(0, 1 - product));
}

/** A vector and how much speech it was made from, milliseconds. */
export interface HeardVoice {
  vector: VoiceVector;
  speechMs: number;
}

/** Returns the mean of vectors, each weighted by its speech; null if they cancel each other out. */
export function pooled(voices: readonly HeardVoice[]): HeardVoice | null {
  const first = voices[0];
  if (first === undefined) return null;
  const sum = new Float64Array(first.vector.length);
  let speechMs = 0;
  for (const { vector, speechMs: weight } of voices) {
    if (vector.length !== sum.length) continue;
    speechMs += weight;
    for (let i = 0; i < sum.length; i += 1) sum[i] = (sum[i] ?? 0) + (vector[i] ?? 0) * weight;
  }
  const vector = normalised(sum);
  return vector && { vector, speechMs };
}

/** Returns the vector as text, to be stored: base64 of 32-bit floats, little-endian. */
export function vectorToText(vector: VoiceVector): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [i, value] of vector.entries()) bytes.writeFloatLE(value, i * 4);
  return bytes.toString('base64');
}

/** Reads the text of `vectorToText`; null if it is none. */
export function vectorFromText(text: string): VoiceVector | null {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.length % 4 !== 0) return null;
  const vector = new Float32Array(bytes.length / 4);
  for (let i = 0; i < vector.length; i += 1) vector[i] = bytes.readFloatLE(i * 4);
  return normalised(vector);
}
