import type { AudioFormat } from '../audio/audio-format.ts';
import type { SttOptions, SttStream } from './stt-provider.ts';
import type { RecordedVoices } from './voices/heard-speech.ts';

/** How the words of a session are made: a provider's stream and its options. */
export interface SessionStt {
  /** Name of the first of the chain. */
  provider: string;
  stream: SttStream;
  format: AudioFormat;
  options: SttOptions;
  /** What voices are compared with; null if there is no voice model, or nobody is to be told apart. */
  voices: RecordedVoices | null;
  /** The language that no provider serves, so that English is listened for; null if one does. */
  unserved: string | null;
}
