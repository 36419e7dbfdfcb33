import type { AudioBatch, AudioFormat } from '../audio/audio-format.ts';

/** Root mean square, 16-bit scale, below which nothing is speech. */
const SILENCE_RMS = 200;
/** How far speech stands out of the noise around it. */
const OVER_NOISE = 2.5;
/** Every so many samples are looked at: enough for loudness. */
const STRIDE = 4;

/**
 * Roughly how much of the audio may be speech, by its loudness: good enough to expect an answer of
 * a provider, not to leave anything out. Coded audio is not decoded for it and counts as a whole.
 */
export class VoicedTime {
  readonly #format: AudioFormat;
  #noise = SILENCE_RMS;
  #ms = 0;

  constructor(format: AudioFormat) {
    this.#format = format;
  }

  /** Milliseconds so far. */
  get ms(): number {
    return this.#ms;
  }

  add(batch: AudioBatch): void {
    if (this.#format.encoding !== 'pcm-s16le' || this.#isVoiced(batch.frames)) {
      this.#ms += batch.durationMs;
    }
  }

  #isVoiced(frames: readonly Uint8Array[]): boolean {
    let sum = 0;
    let count = 0;
    for (const frame of frames) {
      const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
      for (let at = 0; at + 1 < frame.byteLength; at += 2 * STRIDE) {
        const sample = view.getInt16(at, true);
        sum += sample * sample;
        count += 1;
      }
    }
    const rms = count === 0 ? 0 : Math.sqrt(sum / count);
    const voiced = rms > Math.max(SILENCE_RMS, OVER_NOISE * this.#noise);
    // The noise is learned at once when it is quieter, over some ten seconds when it is louder.
    this.#noise += (rms - this.#noise) * (rms < this.#noise ? 0.5 : 0.003);
    return voiced;
  }
}
