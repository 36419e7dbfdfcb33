import { matchVoice, type VoicePrint, type VoiceThresholds } from './match-voice.ts';
import { distanceOf, type HeardVoice, pooled } from './voice-vector.ts';

/** Speakers that are told apart in one stream. */
const MAX_SPEAKERS = 20;
/** A shorter stretch of speech says too little to be somebody new, milliseconds. */
const MIN_NEW_MS = 1_000;
/** Stretches of a speaker that are pooled: the longest ones. */
const MAX_POOLED = 24;

interface Speaker {
  heard: HeardVoice[];
  pool: HeardVoice | null;
  isIdentified: boolean;
}

/** The voices of the speakers of one stream, and who of them is known. */
export class StreamVoices {
  readonly #prints: readonly VoicePrint[];
  readonly #thresholds: VoiceThresholds;
  readonly #speakers = new Map<number, Speaker>();
  #next: number;

  /** @param firstNumber of speakers that `assign` finds; those below are taken */
  constructor(prints: readonly VoicePrint[], thresholds: VoiceThresholds, firstNumber: number) {
    this.#prints = prints;
    this.#thresholds = thresholds;
    this.#next = firstNumber;
  }

  /**
   * Returns the number of the speaker whose voice it is: the nearest one, or a new one if none is
   * near. Null if there are no speakers yet and the speech is too short to be somebody.
   */
  assign(heard: HeardVoice): number | null {
    const ranked = [...this.#speakers]
      .flatMap(([number, speaker]) => {
        const distance = distanceTo(speaker, heard);
        return distance === null ? [] : [{ number, distance }];
      })
      .sort((a, b) => a.distance - b.distance);
    const [best] = ranked;
    if (best !== undefined) {
      const isNear = best.distance <= this.#thresholds.newSpeakerDistance;
      const isShort = heard.speechMs < MIN_NEW_MS;
      if (isNear || isShort || ranked.length >= MAX_SPEAKERS) return best.number;
    } else if (heard.speechMs < MIN_NEW_MS) return null;
    return this.newNumber();
  }

  /** A number that no speaker of the stream has yet. */
  newNumber(): number {
    const number = this.#next;
    this.#next += 1;
    return number;
  }

  /**
   * Takes speech of a speaker. Returns who that is if it is known now and was not before.
   */
  add(number: number, heard: HeardVoice): VoicePrint | null {
    const speaker = this.#speakers.get(number) ?? { heard: [], pool: null, isIdentified: false };
    this.#speakers.set(number, speaker);
    this.#next = Math.max(this.#next, number + 1);
    speaker.heard = [...speaker.heard, heard]
      .sort((a, b) => b.speechMs - a.speechMs)
      .slice(0, MAX_POOLED);
    speaker.pool = pooled(speaker.heard);
    const { pool } = speaker;
    if (speaker.isIdentified || pool === null) return null;
    if (pool.speechMs < this.#thresholds.minSpeechMs) return null;
    const match = matchVoice(pool.vector, this.#prints, this.#thresholds);
    speaker.isIdentified = match !== null;
    return match?.print ?? null;
  }
}

/** Distance to the speaker as a whole or, for a voice that changes, to the nearest stretch. */
function distanceTo({ pool, heard }: Speaker, { vector }: HeardVoice): number | null {
  if (pool === null) return null;
  const nearest = Math.min(...heard.map((known) => distanceOf(known.vector, vector)));
  return (distanceOf(pool.vector, vector) + nearest) / 2;
}
