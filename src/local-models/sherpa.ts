/** What is used of `sherpa-onnx-node`, which has no types of its own. */
export interface Sherpa {
  OnlineRecognizer: new (config: unknown) => OnlineRecognizer;
  OfflineRecognizer: {
    createAsync(config: unknown): Promise<OfflineRecognizer>;
  };
  OnlinePunctuation: new (config: unknown) => OnlinePunctuation;
  SpeakerEmbeddingExtractor: new (config: unknown) => SpeakerEmbeddingExtractor;
}

export interface OnlineRecognizer {
  createStream(): OnlineStream;
  isReady(stream: OnlineStream): boolean;
  decode(stream: OnlineStream): void;
  isEndpoint(stream: OnlineStream): boolean;
  reset(stream: OnlineStream): void;
  getResult(stream: OnlineStream): RecognisedTokens;
}

export interface OnlineStream {
  /** @param wave samples -1 to 1; one rate for all of a stream, or the process ends */
  acceptWaveform(wave: { samples: Float32Array; sampleRate: number }): void;
  inputFinished(): void;
  setOption(key: string, value: string): void;
}

export interface OfflineRecognizer {
  createStream(): OfflineStream;
  /** Whisper and SenseVoice take a new language from it. */
  setConfig(config: unknown): void;
  decodeAsync(stream: OfflineStream): Promise<RecognisedTokens>;
}

export interface OfflineStream {
  acceptWaveform(wave: { samples: Float32Array; sampleRate: number }): void;
}

export interface SpeakerEmbeddingExtractor {
  /** Length of its vectors. */
  readonly dim: number;
  createStream(): OnlineStream;
  /** False if the stream holds too little: `compute` would return memory that nobody has written. */
  isReady(stream: OnlineStream): boolean;
  /** @param external false for memory of JavaScript's own */
  compute(stream: OnlineStream, external: boolean): Float32Array;
}

export interface OnlinePunctuation {
  addPunct(text: string): string;
}

/** Result of a stream. Times are seconds; an array may be empty if the model gives no times. */
export interface RecognisedTokens {
  text: string;
  tokens: string[];
  timestamps: number[];
  /** Seconds; of some file models only. */
  durations?: number[];
  /** Language that a file model heard, such as `<|en|>`. */
  lang?: string;
}

/** Loads the library. @throws Error that says which package to install */
export async function loadSherpa(): Promise<Sherpa> {
  try {
    // @ts-expect-error: the package has no types; `Sherpa` says what is used of it.
    const loaded: { default: Sherpa } = await import('sherpa-onnx-node');
    return loaded.default;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new Error(
      `The package sherpa-onnx-node cannot be loaded (${reason}): run \`npm install sherpa-onnx-node\`.`,
    );
  }
}
