import type { AudioBatch, AudioFormat } from '../audio-format.ts';

/** The sound of a file. */
export interface AudioFile {
  /** For a person: `MP3, 44100 Hz, 2 channels`. */
  description: string;
  /** What `frames` gives: signed 16-bit mono, or Opus packets as they are in the file. */
  format: AudioFormat;
  /** Length as the file tells it, milliseconds; null if only reading tells. */
  durationMs: number | null;
  /** How far the clock of `frames` is ahead of the sound, milliseconds: what an encoder puts before it. */
  aheadMs: number;
  /**
   * The sound from its beginning, a part of it in memory at a time. Each call reads anew.
   *
   * @throws `bad-request` for a file that is damaged or holds no sound, `unsupported-codec`
   */
  frames(signal: AbortSignal): AsyncIterable<AudioBatch>;
}

export interface OpenAudioOptions {
  /** Hertz of the PCM; null for the rate that the file has. Opus packets are not changed by it. */
  sampleRate: number | null;
  /** True for Opus packets as they are, false for PCM in any case. */
  keepOpus: boolean;
}
