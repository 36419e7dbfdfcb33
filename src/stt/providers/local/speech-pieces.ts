import type { VoiceActivityDetector } from '../../../audio/voice-activity.ts';

/** A stretch of audio with speech in it. */
export interface SpeechPiece {
  startMs: number;
  endMs: number;
  pcm: Uint8Array;
}

/** Audio before a voice that belongs to its piece, milliseconds. */
const PRE_ROLL_MS = 500;
/** Silence after a voice that ends its piece. */
const PAUSE_MS = 600;
/** From this length on a short pause is enough. */
const LONG_MS = 15_000;
const SHORT_PAUSE_MS = 200;
/** Whisper hears 30 s at most. */
const MAX_MS = 28_000;
/** Audio that is judged at once. */
const JUDGED_MS = 20;

/**
 * Cuts audio into pieces of speech for a recogniser that takes whole pieces. A piece that becomes
 * too long is cut at the quietest moment of its last seconds.
 */
export class SpeechPieces {
  readonly #detector: VoiceActivityDetector;
  readonly #bytesPerMs: number;
  #rest: Uint8Array = new Uint8Array(0);
  /** Judged audio that is not given out yet, and where it begins. */
  #kept: Uint8Array[] = [];
  #keptFromMs = 0;
  #atMs = 0;
  #voiceStartMs: number | null = null;
  #voiceEndMs = 0;

  /** @param detector of PCM at `sampleRate`; it is not closed here */
  constructor(detector: VoiceActivityDetector, sampleRate: number) {
    this.#detector = detector;
    this.#bytesPerMs = (sampleRate * 2) / 1000;
  }

  /** Up to here everything was given out or is silence. */
  get silentUntilMs(): number {
    return this.#voiceStartMs === null
      ? this.#keptFromMs
      : Math.min(this.#keptFromMs, this.#voiceStartMs);
  }

  push(pcm: Uint8Array): SpeechPiece[] {
    const pieces: SpeechPiece[] = [];
    const all = this.#rest.length === 0 ? pcm : Buffer.concat([this.#rest, pcm]);
    const size = JUDGED_MS * this.#bytesPerMs;
    let at = 0;
    for (; at + size <= all.length; at += size) {
      const piece = this.#judge(all.subarray(at, at + size));
      if (piece !== null) pieces.push(piece);
    }
    this.#rest = Buffer.from(all.subarray(at));
    return pieces;
  }

  /** What is left, null if there is no voice in it. */
  end(): SpeechPiece | null {
    this.#kept.push(this.#rest);
    this.#atMs += this.#rest.length / this.#bytesPerMs;
    this.#rest = new Uint8Array(0);
    return this.#voiceStartMs === null ? null : this.#cut(this.#atMs);
  }

  #judge(frame: Uint8Array): SpeechPiece | null {
    const startMs = this.#atMs;
    this.#kept.push(frame);
    this.#atMs += JUDGED_MS;
    if (this.#detector.push(frame)) {
      this.#voiceStartMs ??= startMs;
      this.#voiceEndMs = this.#atMs;
    }
    if (this.#voiceStartMs === null) {
      this.#dropBefore(this.#atMs - PRE_ROLL_MS);
      return null;
    }
    const lengthMs = this.#atMs - this.#keptFromMs;
    const pauseMs = this.#atMs - this.#voiceEndMs;
    if (pauseMs >= (lengthMs >= LONG_MS ? SHORT_PAUSE_MS : PAUSE_MS)) return this.#cut(this.#atMs);
    return lengthMs >= MAX_MS ? this.#cut(this.#quietestMs()) : null;
  }

  #cut(endMs: number): SpeechPiece {
    const startMs = this.#keptFromMs;
    const frames = Math.round((endMs - startMs) / JUDGED_MS);
    const isAll = endMs >= this.#atMs;
    const taken = this.#kept.splice(0, isAll ? this.#kept.length : frames);
    this.#keptFromMs = endMs;
    this.#voiceStartMs = isAll ? null : endMs;
    return { startMs, endMs, pcm: Buffer.concat(taken) };
  }

  #dropBefore(ms: number): void {
    while (this.#kept.length > 0 && this.#keptFromMs + JUDGED_MS <= ms) {
      this.#kept.shift();
      this.#keptFromMs += JUDGED_MS;
    }
  }

  /** End of the quietest frame of the second half. */
  #quietestMs(): number {
    const from = this.#kept.length >> 1;
    let quietest = this.#kept.length;
    let least = Number.POSITIVE_INFINITY;
    for (let i = from; i < this.#kept.length; i += 1) {
      const energy = energyOf(this.#kept[i] ?? new Uint8Array(0));
      if (energy < least) {
        least = energy;
        quietest = i + 1;
      }
    }
    return this.#keptFromMs + quietest * JUDGED_MS;
  }
}

function energyOf(pcm: Uint8Array): number {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  let sum = 0;
  for (let at = 0; at + 1 < pcm.byteLength; at += 2) sum += view.getInt16(at, true) ** 2;
  return sum;
}
