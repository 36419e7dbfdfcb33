import type { HeardWord } from './heard-word.ts';
import type { SpeechRecogniser } from './speech-recogniser.ts';

/** Parameters of the query that decide how words become messages. */
export interface DeepgramWindowOptions {
  interim: boolean;
  /** Milliseconds of silence that end a window. */
  endpointingMs: number;
  diarize: boolean;
  punctuate: boolean;
  language: string;
  requestId: string;
  model: string;
}

/** Longest window before it is cut at the end of a word. */
const LONG_WINDOW_MS = 4500;
const INTERIM_EVERY_MS = 1000;
const STEP_MS = 20;

/**
 * The rhythm of Deepgram's `Results` as captured from the service: a final after `endpointing` of
 * silence or when the window has become long, empty finals in pure silence, an interim a second.
 * The clock is the audio received, never the wall.
 */
export class DeepgramWindows {
  readonly #recogniser: SpeechRecogniser;
  readonly #sampleRate: number;
  readonly #options: DeepgramWindowOptions;
  readonly #emit: (message: Record<string, unknown>) => void;
  readonly #speakers = new Map<number, number>();
  #words: HeardWord[] = [];
  #windowStartMs = 0;
  #interimAtMs = INTERIM_EVERY_MS;
  /** Samples that do not fill a step yet. */
  #rest = new Int16Array(0);

  constructor(
    recogniser: SpeechRecogniser,
    sampleRate: number,
    options: DeepgramWindowOptions,
    emit: (message: Record<string, unknown>) => void,
  ) {
    this.#recogniser = recogniser;
    this.#sampleRate = sampleRate;
    this.#options = options;
    this.#emit = emit;
  }

  /** Takes audio in pieces of any size; the answers do not depend on the sizes. */
  push(samples: Int16Array): void {
    const step = (STEP_MS * this.#sampleRate) / 1000;
    const all = new Int16Array(this.#rest.length + samples.length);
    all.set(this.#rest);
    all.set(samples, this.#rest.length);
    let at = 0;
    for (; at + step <= all.length; at += step) this.#step(all.subarray(at, at + step));
    this.#rest = all.slice(at);
  }

  /** `Finalize` and the end of the stream: everything heard becomes final now. */
  flush(fromFinalize: boolean): void {
    this.#hear(this.#rest);
    this.#rest = new Int16Array(0);
    const { positionMs, silenceMs } = this.#recogniser;
    if (positionMs <= this.#windowStartMs) return;
    // A word that is half said stays with the audio that follows it.
    const border = silenceMs >= STEP_MS || !fromFinalize ? positionMs : this.#lastWordEnd();
    if (border > this.#windowStartMs) this.#final(border, true, fromFinalize);
  }

  #step(samples: Int16Array): void {
    this.#hear(samples);
    const { positionMs, silenceMs } = this.#recogniser;
    const lengthMs = positionMs - this.#windowStartMs;
    const isLong = lengthMs >= LONG_WINDOW_MS;
    if (silenceMs >= this.#options.endpointingMs && (this.#words.length > 0 || isLong)) {
      this.#final(positionMs, true, false);
    } else if (isLong && this.#words.length > 0) {
      this.#final(this.#lastWordEnd(), false, false);
    } else if (this.#options.interim && positionMs >= this.#interimAtMs) {
      this.#results(positionMs, { is_final: false, speech_final: false, from_finalize: false });
    }
    if (positionMs >= this.#interimAtMs) this.#interimAtMs += INTERIM_EVERY_MS;
  }

  #hear(samples: Int16Array): void {
    this.#words.push(...this.#recogniser.push(samples));
  }

  #lastWordEnd(): number {
    return this.#words.at(-1)?.endMs ?? this.#windowStartMs;
  }

  #final(untilMs: number, speechFinal: boolean, fromFinalize: boolean): void {
    this.#results(untilMs, {
      is_final: true,
      speech_final: speechFinal,
      from_finalize: fromFinalize,
    });
    this.#words = [];
    this.#windowStartMs = untilMs;
  }

  #results(untilMs: number, flags: Record<string, boolean>): void {
    const { requestId, model } = this.#options;
    const words = this.#words.map((word) => this.#toWire(word));
    this.#emit({
      type: 'Results',
      channel_index: [0, 1],
      duration: seconds(untilMs - this.#windowStartMs),
      start: seconds(this.#windowStartMs),
      ...flags,
      channel: {
        alternatives: [
          {
            transcript: words.map((word) => word['punctuated_word'] ?? word['word']).join(' '),
            confidence: words.length > 0 ? 0.98828125 : 0,
            words,
          },
        ],
      },
      metadata: { request_id: requestId, model_info: { name: model, arch: model } },
    });
  }

  #toWire({ text, startMs, endMs, speaker }: HeardWord): Record<string, unknown> {
    const { diarize, punctuate, language } = this.#options;
    if (!this.#speakers.has(speaker)) this.#speakers.set(speaker, this.#speakers.size);
    return {
      word: text.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''),
      start: seconds(startMs),
      end: seconds(endMs),
      confidence: 0.98828125,
      ...(punctuate ? { punctuated_word: text } : {}),
      ...(diarize ? { speaker: this.#speakers.get(speaker) } : {}),
      ...(language === 'multi' ? { language: 'en' } : {}),
    };
  }
}

/** Seconds as the service writes them: a 32-bit float. */
function seconds(ms: number): number {
  return Number(Math.fround(ms / 1000).toPrecision(8));
}
