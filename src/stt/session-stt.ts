import type { AudioFormat } from '../audio/audio-format.ts';
import type { SttOptions, SttStream } from './stt-provider.ts';

/** How the words of a session are made: a provider's stream and its options. */
export interface SessionStt {
  /** Name of the first of the chain. */
  provider: string;
  stream: SttStream;
  format: AudioFormat;
  options: SttOptions;
  /** The language that no provider serves, so that English is listened for; null if one does. */
  unserved: string | null;
}
