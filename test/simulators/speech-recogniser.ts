import {
  decodeWord,
  END_TONE,
  HIGH_TONES,
  LOW_TONES,
  START_TONE,
  SYMBOL_MS,
  wordCheck,
} from '../fixtures/speech-synthesis.ts';
import type { HeardWord } from './heard-word.ts';
import type { ClipMatcher } from './speech-clips.ts';

const FRAME_MS = 5;
/** Root mean square (16-bit scale) above which a frame is a sound. */
const VOICE_RMS = 250;
const MAX_SYMBOLS = 120;

/**
 * Recognises synthetic speech (`speech-synthesis.ts`) and, with a matcher, known recordings in a
 * stream of samples. What is not in the samples is not heard: a word whose beginning, middle or end
 * is missing is dropped, a word that comes twice is heard twice.
 */
export class SpeechRecogniser {
  readonly #rate: number;
  readonly #clips: ClipMatcher | null;
  #buffer = new Float32Array(1 << 16);
  /** Stream position of the buffer's first sample, and number of samples in it. */
  #base = 0;
  #length = 0;
  /** Where the search for the next word goes on. */
  #at = 0;
  /** No marker begins before it. */
  #notBefore = 0;
  #voicedUntil = 0;
  #frameAt = 0;
  #word: { start: number; speaker: number; symbols: number[] } | null = null;
  #heard: HeardWord[] = [];

  constructor(sampleRate: number, clips: ClipMatcher | null) {
    this.#rate = sampleRate;
    this.#clips = clips;
  }

  /** Length of what was pushed, milliseconds. */
  get positionMs(): number {
    return this.#ms(this.#base + this.#length);
  }

  /** Silence at the end of what was pushed, milliseconds. */
  get silenceMs(): number {
    return this.positionMs - this.#ms(this.#voicedUntil);
  }

  /** Takes samples and answers the words that are complete now, in order. */
  push(samples: Int16Array): HeardWord[] {
    this.#append(samples);
    this.#measureVoice();
    if (this.#clips) this.#heard.push(...this.#clips.push(samples));
    while (this.#word ? this.#readSymbol() : this.#findStart());
    this.#forget();
    const heard = this.#heard;
    this.#heard = [];
    return heard;
  }

  #append(samples: Int16Array): void {
    const needed = this.#length + samples.length;
    if (needed > this.#buffer.length) {
      const larger = new Float32Array(Math.max(needed, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(samples, this.#length);
    this.#length = needed;
  }

  #measureVoice(): void {
    const frame = (FRAME_MS * this.#rate) / 1000;
    while (this.#frameAt + frame <= this.#base + this.#length) {
      if (this.#rms(this.#frameAt, frame) >= VOICE_RMS) this.#voicedUntil = this.#frameAt + frame;
      this.#frameAt += frame;
    }
  }

  /** Looks for a start marker; false if more samples are needed. */
  #findStart(): boolean {
    const frame = (FRAME_MS * this.#rate) / 1000;
    const symbol = (SYMBOL_MS * this.#rate) / 1000;
    if (this.#at + 3 * symbol > this.#base + this.#length) return false;
    const share = this.#share(START_TONE, this.#at, symbol / 2);
    if (share < 0.1) {
      this.#at += frame;
      return true;
    }
    const start = this.#align(this.#at);
    const speaker = this.#strongest(LOW_TONES, start);
    const isMarker =
      this.#share(START_TONE, start + symbol / 5, (symbol * 3) / 5) > 0.12 && speaker.clear;
    if (!isMarker) {
      this.#at += frame;
      return true;
    }
    this.#word = { start, speaker: speaker.index, symbols: [] };
    this.#at = start + symbol;
    return true;
  }

  /** Moves a rough start to where the marker's tone fills one symbol best. */
  #align(rough: number): number {
    const symbol = (SYMBOL_MS * this.#rate) / 1000;
    const step = this.#rate / 1000;
    const from = Math.max(this.#base, this.#notBefore, rough - symbol);
    let best = { start: rough, power: -1 };
    for (let start = from; start <= rough + symbol; start += step) {
      const power = this.#power(START_TONE, start, symbol);
      if (power > best.power) best = { start, power };
    }
    return best.start;
  }

  /** Reads the next symbol of the word; false if more samples are needed. */
  #readSymbol(): boolean {
    const word = this.#word;
    const symbol = (SYMBOL_MS * this.#rate) / 1000;
    if (word === null || this.#at + symbol > this.#base + this.#length) return false;
    const low = this.#strongest(LOW_TONES, this.#at);
    const high = this.#strongest([...HIGH_TONES, END_TONE], this.#at);
    const silent = this.#rms(this.#at + symbol / 4, symbol / 2) < VOICE_RMS;
    if (silent || !low.clear || !high.clear || word.symbols.length > MAX_SYMBOLS) {
      // Not a word after all, or one with a piece missing: search on behind its marker.
      this.#word = null;
      this.#at = Math.max(word.start + symbol, this.#base);
      // Else the same marker could be found again for ever.
      this.#notBefore = this.#at;
      return true;
    }
    this.#at += symbol;
    if (high.index < HIGH_TONES.length) {
      word.symbols.push(high.index * 8 + low.index);
      return true;
    }
    this.#word = null;
    const text = decodeWord(word.symbols);
    if (text !== null && wordCheck(word.symbols) === low.index) {
      this.#heard.push({
        text,
        startMs: this.#ms(word.start),
        endMs: this.#ms(this.#at),
        speaker: word.speaker,
      });
    }
    return true;
  }

  /** The strongest of the tones in the middle of a symbol, and whether it stands out. */
  #strongest(tones: readonly number[], start: number): { index: number; clear: boolean } {
    const symbol = (SYMBOL_MS * this.#rate) / 1000;
    const powers = tones.map((tone) => this.#power(tone, start + symbol / 4, symbol / 2));
    const [first = 0, second = 0] = [...powers].sort((a, b) => b - a);
    return { index: powers.indexOf(first), clear: first > 1.2 * second && first > 0 };
  }

  /** Part of the energy that one tone has, 0 to 1 (0.5 for one of two equal tones). */
  #share(tone: number, start: number, length: number): number {
    const rms = this.#rms(start, length);
    if (rms < VOICE_RMS) return 0;
    return (2 * this.#power(tone, start, length)) / (rms * rms * length * length);
  }

  /** Squared magnitude at one frequency (Goertzel). */
  #power(tone: number, start: number, length: number): number {
    const coefficient = 2 * Math.cos((2 * Math.PI * tone) / this.#rate);
    const from = Math.round(start) - this.#base;
    const to = Math.min(this.#length, from + Math.round(length));
    let s1 = 0;
    let s2 = 0;
    for (let i = from; i < to; i += 1) {
      const s0 = (this.#buffer[i] ?? 0) + coefficient * s1 - s2;
      s2 = s1;
      s1 = s0;
    }
    return s1 * s1 + s2 * s2 - coefficient * s1 * s2;
  }

  #rms(start: number, length: number): number {
    const from = Math.round(start) - this.#base;
    let sum = 0;
    for (let i = from; i < from + length; i += 1) sum += (this.#buffer[i] ?? 0) ** 2;
    return Math.sqrt(sum / length);
  }

  /** Keeps what a word in progress may still need. */
  #forget(): void {
    const keepFrom =
      Math.min(this.#word?.start ?? this.#at, this.#at, this.#frameAt) - this.#rate / 10;
    const drop = Math.floor(keepFrom) - this.#base;
    if (drop < this.#rate * 2) return;
    this.#buffer.copyWithin(0, drop, this.#length);
    this.#base += drop;
    this.#length -= drop;
  }

  #ms(position: number): number {
    return (position * 1000) / this.#rate;
  }
}
