import type { AudioFormat } from './audio-format.ts';

/** Tells speech from what is not, in one stream of audio. */
export interface VoiceActivityDetector {
  /** Takes the frame that follows; true if there is a voice in what it completes. */
  push(frame: Uint8Array): boolean;
  /** Releases the detector's memory; it must not be used afterwards. */
  close(): void;
}

/** Makes the detector of one stream of frames of `format`. */
export type VoiceActivityFactory = (format: AudioFormat) => Promise<VoiceActivityDetector>;
