import type { SttStream } from '../stt/stt-provider.ts';

/** A voice that is known by a recording. */
export interface KnownVoice {
  /** Id of the person, or `OWNER`. */
  personId: string;
  name: string;
  /** Speech of nobody else, signed 16-bit mono, as little silence in it as possible. */
  samples: Int16Array;
  /** Hertz. */
  sampleRate: number;
}

/**
 * Finds known people among the speakers of a stream. The stream that it makes gives what the inner
 * one gives, on the same clock, and `speaker-identified` before the first words of each speaker
 * whom it knows. Whom it is not sure of it leaves unknown.
 */
export interface SpeakerIdentifier {
  identify(stream: SttStream, voices: readonly KnownVoice[]): SttStream;
}
