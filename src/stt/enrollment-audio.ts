import type { AudioBatch } from '../audio/audio-format.ts';
import { resampleAll } from '../audio/resample.ts';

/** A voice that is known by a recording. */
export interface KnownVoice {
  /** Id of the person, or `OWNER`. */
  personId: string;
  name: string;
  /** Speech of this person only, signed 16-bit mono, with little silence. */
  samples: Int16Array;
  /** Hertz. */
  sampleRate: number;
}

/** Silence after each voice: ends its last word and the provider's sentence. */
const PAUSE_MS = 800;
const BATCH_MS = 100;
/** About how much of each voice a further connection is played, milliseconds. */
const REMINDER_MS = 5_000;
/** How far from there a quiet place to cut is looked for. */
const CUT_WITHIN_MS = 1_000;
const CUT_STEP_MS = 20;
const MS_PER_S = 1000;

/** Where in the enrollment a voice speaks, milliseconds from its beginning. */
interface VoiceRange {
  voice: KnownVoice;
  startMs: number;
  endMs: number;
}

/**
 * The recordings of known voices, one after another, each with a pause after it. A provider that tells
 * speakers apart is played them before the session's own audio: the speaker that it hears there is that
 * person if the same speaker comes again.
 */
export class EnrollmentAudio {
  readonly #ranges: readonly VoiceRange[];
  readonly #samples: Int16Array;
  readonly #rate: number;

  /** @param sampleRate of the audio that follows, hertz */
  constructor(voices: readonly KnownVoice[], sampleRate: number) {
    this.#rate = sampleRate;
    const ranges: VoiceRange[] = [];
    const spoken: { at: number; samples: Int16Array }[] = [];
    let at = 0;
    for (const voice of voices) {
      const samples = resampleAll(voice.samples, voice.sampleRate, sampleRate);
      spoken.push({ at, samples });
      const end = at + samples.length;
      ranges.push({ voice, startMs: this.#ms(at), endMs: this.#ms(end) });
      at = end + Math.ceil((PAUSE_MS * sampleRate) / MS_PER_S);
    }
    this.#samples = new Int16Array(at);
    for (const part of spoken) this.#samples.set(part.samples, part.at);
    this.#ranges = ranges;
  }

  /** The voice that speaks at a position, undefined in a pause. */
  voiceAt(positionMs: number): KnownVoice | undefined {
    return this.#ranges.find((r) => r.startMs <= positionMs && positionMs <= r.endMs)?.voice;
  }

  /** All of it; positions from the beginning of the enrollment. */
  whole(): AudioBatch[] {
    return [...this.#batches(0, this.#durationMs)];
  }

  /** The beginning of each voice, at its own position, and its pause: enough to recognise it again. */
  reminder(): AudioBatch[] {
    return this.#ranges.flatMap(({ startMs, endMs }, i) => {
      const cutMs = this.#quietestNear(startMs + REMINDER_MS, endMs);
      const nextMs = this.#ranges[i + 1]?.startMs ?? this.#durationMs;
      return [...this.#batches(startMs, cutMs), ...this.#batches(endMs, nextMs)];
    });
  }

  get #durationMs(): number {
    return this.#ms(this.#samples.length);
  }

  *#batches(fromMs: number, toMs: number): Generator<AudioBatch> {
    const end = Math.round((toMs * this.#rate) / MS_PER_S);
    const size = Math.ceil((BATCH_MS * this.#rate) / MS_PER_S);
    for (let at = Math.round((fromMs * this.#rate) / MS_PER_S); at < end; at += size) {
      const part = this.#samples.subarray(at, Math.min(end, at + size));
      yield {
        startMs: this.#ms(at),
        durationMs: this.#ms(part.length),
        frames: [new Uint8Array(part.buffer, part.byteOffset, part.byteLength)],
      };
    }
  }

  /** A position near `ms` that is inside no word, if there is one. */
  #quietestNear(ms: number, endMs: number): number {
    if (ms + CUT_WITHIN_MS >= endMs) return endMs;
    let best = { ms, loudness: Number.POSITIVE_INFINITY };
    for (let at = ms - CUT_WITHIN_MS; at <= ms + CUT_WITHIN_MS; at += CUT_STEP_MS) {
      const from = Math.round((at * this.#rate) / MS_PER_S);
      const to = from + Math.round((2 * CUT_STEP_MS * this.#rate) / MS_PER_S);
      let loudness = 0;
      for (const sample of this.#samples.subarray(from, to)) loudness += Math.abs(sample);
      if (loudness < best.loudness) best = { ms: at + CUT_STEP_MS, loudness };
    }
    return best.ms;
  }

  #ms(samples: number): number {
    return (samples * MS_PER_S) / this.#rate;
  }
}
