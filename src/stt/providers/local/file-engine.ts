import type { NativeEngine, NativeSession } from '../../../local-models/process/native-protocol.ts';
import type { OfflineRecognizer, RecognisedTokens } from '../../../local-models/sherpa.ts';
import type { RecognitionOutput, RecognitionSessionOptions } from './recognition-protocol.ts';
import type { Writer } from './sentences.ts';
import { spreadWords, type TimedWord, tokensToWords } from './token-words.ts';

export interface FileEngineOptions {
  recognizer: OfflineRecognizer;
  sampleRate: number;
  timeScale: number;
  marksContinuation: boolean;
  write: Writer;
  /** The library's configuration for a language, for a model that is told it; null for the others. */
  configOf: ((language: string) => unknown) | null;
}

/** Longest audio of one session; the server cuts speech into shorter pieces. Milliseconds. */
const MAX_MS = 60_000;

/** An engine of a recogniser that takes a piece of speech as a whole: one session a piece. */
export function fileEngine(options: FileEngineOptions): NativeEngine {
  return {
    info: { kind: 'file' },
    open: (session) => new FileSession(options, session as RecognitionSessionOptions),
  };
}

class FileSession implements NativeSession {
  readonly #o: FileEngineOptions;
  readonly #language: string;
  readonly #samples: Float32Array[] = [];
  #count = 0;

  constructor(options: FileEngineOptions, { language }: RecognitionSessionOptions) {
    this.#o = options;
    this.#language = language;
  }

  push(samples: Float32Array): RecognitionOutput[] {
    this.#count += samples.length;
    if ((this.#count * 1000) / this.#o.sampleRate > MAX_MS) {
      throw new Error('The piece of audio is too long.');
    }
    this.#samples.push(samples);
    return [];
  }

  async end(): Promise<RecognitionOutput[]> {
    const { recognizer, sampleRate } = this.#o;
    const endMs = (this.#count * 1000) / sampleRate;
    if (this.#count === 0) return [{ type: 'final', words: [], finalUntilMs: 0 }];
    // Sessions take turns, so that the language is this one's until it has been decoded.
    if (this.#o.configOf !== null) recognizer.setConfig(this.#o.configOf(this.#language));
    const stream = recognizer.createStream();
    const samples = joined(this.#samples, this.#count);
    stream.acceptWaveform({ samples, sampleRate });
    const words = this.#words(await recognizer.decodeAsync(stream), endMs);
    return [
      { type: 'final', words: this.#o.write(words, this.#language, true), finalUntilMs: endMs },
    ];
  }

  #words({ text, tokens, timestamps }: RecognisedTokens, endMs: number): TimedWord[] {
    if (tokens.length === 0 || timestamps.length !== tokens.length) {
      return spreadWords(text, 0, endMs);
    }
    const timed = tokens.map((piece, i) => ({
      piece,
      startMs: (timestamps[i] ?? 0) * 1000 * this.#o.timeScale,
    }));
    return tokensToWords(timed, this.#o.marksContinuation, endMs);
  }
}

function joined(parts: readonly Float32Array[], count: number): Float32Array {
  const all = new Float32Array(count);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
