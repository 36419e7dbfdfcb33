import type { ModelChunks } from '../../../local-models/model-kind.ts';
import type { NativeEngine, NativeSession } from '../../../local-models/process/native-protocol.ts';
import type { OnlineRecognizer, OnlineStream } from '../../../local-models/sherpa.ts';
import type { RecognitionOutput, RecognitionSessionOptions } from './recognition-protocol.ts';
import type { Writer } from './sentences.ts';
import { type TimedToken, type TimedWord, tokensToWords } from './token-words.ts';

export interface StreamingEngineOptions {
  recognizer: OnlineRecognizer;
  sampleRate: number;
  chunks: ModelChunks;
  /** What the library's token times are multiplied by. */
  timeScale: number;
  marksContinuation: boolean;
  /** False for a model whose own endpoint rule counts wrongly (T-one). */
  trustsEndpoints: boolean;
  /** True for a model that is told the language of each stream. */
  takesLanguage: boolean;
  write: Writer;
}

/**
 * Silence after the beginning of the last piece that ends an utterance. The longer the utterance,
 * the shorter the pause that is taken for its end, so that text comes while somebody talks on.
 * Milliseconds: [utterance at least, pause].
 */
const ENDPOINTS: readonly (readonly [number, number])[] = [
  [40_000, 0],
  [25_000, 320],
  [12_000, 640],
  [0, 1_120],
];
/** Silence that is fed after the last audio, beyond the window: the last words come out with it. */
const PADDING_MS = 800;
/** Token times further outside of the step that they came out in are not believed. */
const BELIEVED_MS = 400;
/** A word may come out so much later than it was spoken. */
const LATE_WORD_MS = 1_200;
/** Something is said at least once in so much audio, as a sign of life. */
const PROGRESS_MS = 960;

/** An engine of a streaming recogniser. */
export function streamingEngine(options: StreamingEngineOptions): NativeEngine {
  return {
    info: { kind: 'streaming' },
    open: (session) => new StreamingSession(options, session as RecognitionSessionOptions),
  };
}

/**
 * One stream of audio. Keeps its own clock: the audio that was accepted, and the audio that was
 * decoded, which is the number of steps times their length; the library's clock is not used,
 * because it is wrong for some kinds of model. Times are milliseconds from the first sample.
 */
export class StreamingSession implements NativeSession {
  readonly #o: StreamingEngineOptions;
  readonly #language: string;
  readonly #stream: OnlineStream;
  #acceptedSamples = 0;
  #stepCount = 0;
  /** Where the library's token times begin. */
  #baseMs = 0;
  #tokens: TimedToken[] = [];
  /** Up to here words are final: later ones begin later. */
  #finalMs = 0;
  #toldMs = 0;
  #toldTokens = 0;

  constructor(options: StreamingEngineOptions, { language }: RecognitionSessionOptions) {
    this.#o = options;
    this.#language = language;
    this.#stream = options.recognizer.createStream();
    if (options.takesLanguage && language !== 'multi') {
      this.#stream.setOption('language', language);
    }
  }

  push(samples: Float32Array): RecognitionOutput[] {
    this.#acceptedSamples += samples.length;
    return this.#decode(samples, this.#acceptedMs);
  }

  end(): RecognitionOutput[] {
    const { sampleRate, chunks } = this.#o;
    const endMs = this.#acceptedMs;
    const padding = Math.round(((chunks.windowMs + PADDING_MS) * sampleRate) / 1000);
    const outputs = this.#decode(new Float32Array(padding), endMs);
    this.#stream.inputFinished();
    outputs.push(...this.#step(endMs));
    outputs.push({ type: 'final', words: this.#words(endMs, true), finalUntilMs: endMs });
    return outputs;
  }

  get #acceptedMs(): number {
    return (this.#acceptedSamples * 1000) / this.#o.sampleRate;
  }

  get #decodedMs(): number {
    return this.#stepCount * this.#o.chunks.stepMs;
  }

  #decode(samples: Float32Array, endMs: number): RecognitionOutput[] {
    this.#stream.acceptWaveform({ samples, sampleRate: this.#o.sampleRate });
    return this.#step(endMs);
  }

  #step(endMs: number): RecognitionOutput[] {
    const { recognizer } = this.#o;
    const outputs: RecognitionOutput[] = [];
    while (recognizer.isReady(this.#stream)) {
      recognizer.decode(this.#stream);
      this.#stepCount += 1;
      this.#takeTokens();
      if (this.#isEndpoint()) outputs.push(this.#finish(endMs));
      else if (this.#isNews()) outputs.push(this.#progress(endMs));
    }
    return outputs;
  }

  /** Gives each new token its time: the library's, if that is possible, else a place in the step. */
  #takeTokens(): void {
    const { tokens, timestamps } = this.#o.recognizer.getResult(this.#stream);
    const fresh = tokens.length - this.#tokens.length;
    const fromMs = this.#decodedMs - this.#o.chunks.stepMs;
    for (let i = this.#tokens.length; i < tokens.length; i += 1) {
      const seconds = timestamps.length === tokens.length ? timestamps[i] : undefined;
      const told = seconds === undefined ? null : this.#baseMs + seconds * 1000 * this.#o.timeScale;
      const isPossible =
        told !== null && told >= fromMs - BELIEVED_MS && told <= this.#decodedMs + BELIEVED_MS;
      const place = (fresh - (tokens.length - i)) / fresh;
      const startMs = isPossible ? told : fromMs + place * this.#o.chunks.stepMs;
      const previousMs = this.#tokens.at(-1)?.startMs ?? this.#finalMs;
      this.#tokens.push({ piece: tokens[i] ?? '', startMs: Math.max(previousMs, startMs) });
    }
  }

  #isEndpoint(): boolean {
    const first = this.#tokens[0];
    const last = this.#tokens.at(-1);
    if (first === undefined || last === undefined) return false;
    const lengthMs = last.startMs - first.startMs;
    const [, pauseMs = 0] = ENDPOINTS.find(([atLeastMs]) => lengthMs >= atLeastMs) ?? [];
    if (this.#decodedMs - last.startMs >= pauseMs) return true;
    return this.#o.trustsEndpoints && this.#o.recognizer.isEndpoint(this.#stream);
  }

  #finish(endMs: number): RecognitionOutput {
    const words = this.#words(endMs, true);
    this.#o.recognizer.reset(this.#stream);
    this.#tokens = [];
    this.#baseMs = this.#decodedMs;
    return this.#told({ type: 'final', words, finalUntilMs: this.#safeMs(endMs, words) });
  }

  #isNews(): boolean {
    const isNew = this.#tokens.length > this.#toldTokens;
    return isNew || this.#decodedMs - this.#toldMs >= PROGRESS_MS;
  }

  #progress(endMs: number): RecognitionOutput {
    const words = this.#words(endMs, false);
    if (words.length > 0) return this.#told({ type: 'partial', words });
    return this.#told({ type: 'final', words: [], finalUntilMs: this.#safeMs(endMs, []) });
  }

  #told<T extends RecognitionOutput>(output: T): T {
    if (output.type === 'final') this.#finalMs = output.finalUntilMs;
    this.#toldMs = this.#decodedMs;
    this.#toldTokens = this.#tokens.length;
    return output;
  }

  /** Up to here no further word can begin. */
  #safeMs(endMs: number, words: readonly TimedWord[]): number {
    const decoded = Math.max(0, this.#decodedMs - LATE_WORD_MS);
    return Math.min(endMs, Math.max(decoded, words.at(-1)?.endMs ?? 0));
  }

  #words(endMs: number, isWhole: boolean): TimedWord[] {
    const words = tokensToWords(this.#tokens, this.#o.marksContinuation, endMs);
    return this.#o.write(words, this.#language, isWhole);
  }
}
