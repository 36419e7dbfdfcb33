import { distanceOf, type VoiceVector } from './voice-vector.ts';

/** Somebody whose voice is known. */
export interface VoicePrint {
  /** Id of the person, or `OWNER`. */
  personId: string;
  name: string;
  /** Vectors of one model, at most `MAX_VECTORS`. */
  vectors: readonly VoiceVector[];
}

/** When a voice is taken for somebody's. Distances are cosine distances, 0 to 2. */
export interface VoiceThresholds {
  /** A voice further away from somebody's is not theirs. */
  maxDistance: number;
  /** The next person must be further away by so much. */
  margin: number;
  /** Speech of a stream's speaker that is pooled before anybody is named, milliseconds. */
  minSpeechMs: number;
  /** A voice further away than this from all speakers of a stream is a new speaker. */
  newSpeakerDistance: number;
}

/** Vectors that are kept of one person. */
export const MAX_VECTORS = 8;

/**
 * Distance and margin: Omi's figures of September 2026 (pull request 12935) on enrolments of real
 * life, at 0.65: 22 % of owners not recognised, 0.8 % of strangers taken for somebody; at its old
 * 0.45: 71 % and 0 %.
 */
export const VOICE_DEFAULTS: VoiceThresholds = {
  maxDistance: 0.6,
  margin: 0.1,
  minSpeechMs: 6_000,
  newSpeakerDistance: 0.55,
};

/** A known voice and how far a heard one is from it. */
export interface VoiceDistance {
  print: VoicePrint;
  distance: number;
}

/** Returns the distance to somebody: the mean of their two nearest vectors, which one outlier does not decide. */
export function distanceToPerson(vector: VoiceVector, { vectors }: VoicePrint): number {
  const distances = vectors.map((known) => distanceOf(vector, known)).sort((a, b) => a - b);
  const [first = 2, second = first] = distances;
  return (first + second) / 2;
}

/** Returns everybody by their distance, the nearest first. */
export function rankVoices(vector: VoiceVector, prints: readonly VoicePrint[]): VoiceDistance[] {
  return prints
    .filter(({ vectors }) => vectors.length > 0)
    .map((print) => ({ print, distance: distanceToPerson(vector, print) }))
    .sort((a, b) => a.distance - b.distance);
}

/**
 * Returns whose voice it is: somebody near enough, and nearer than everybody else by a margin; null
 * for an unknown voice.
 */
export function matchVoice(
  vector: VoiceVector,
  prints: readonly VoicePrint[],
  { maxDistance, margin }: Pick<VoiceThresholds, 'maxDistance' | 'margin'>,
): VoiceDistance | null {
  const [best, next] = rankVoices(vector, prints);
  if (best === undefined || best.distance > maxDistance) return null;
  if (next !== undefined && next.distance - best.distance < margin) return null;
  return best;
}
