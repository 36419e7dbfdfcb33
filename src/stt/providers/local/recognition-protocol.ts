import type { ModelChunks } from '../../../local-models/model-kind.ts';
import type { Spelling } from '../../../local-models/tokens-file.ts';
import type { TimedWord } from './token-words.ts';

/** What the child process of a recogniser is told to load. */
export interface RecognitionConfig {
  engine: 'streaming' | 'file';
  kind: string;
  /** The library's configuration of the recogniser. */
  recognizer: Readonly<Record<string, unknown>> & {
    modelConfig: Readonly<Record<string, unknown>>;
  };
  sampleRate: number;
  /** Null for a model that takes whole audio. */
  chunks: ModelChunks | null;
  timeScale: number;
  spelling: Spelling;
  /** The library's configuration of a punctuation model; null for none. */
  punctuation: unknown;
}

export interface RecognitionSessionOptions {
  /** BCP-47, or `multi`. */
  language: string;
}

/** What comes back. Times are milliseconds from the first sample of the session. */
export type RecognitionOutput =
  | { type: 'partial'; words: TimedWord[] }
  | { type: 'final'; words: TimedWord[]; finalUntilMs: number };
