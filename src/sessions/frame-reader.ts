import type { AudioClock } from '../audio/audio-clock.ts';
import type { AudioFormat } from '../audio/audio-format.ts';

export interface AcceptedFrame {
  frame: Uint8Array;
  ticks: number;
}

/**
 * Makes frames of a session's binary messages. PCM is cut on sample borders, an odd byte waiting
 * for its other half; what is no frame of the codec is skipped and counted.
 */
export class FrameReader {
  readonly #format: AudioFormat;
  readonly #clock: AudioClock;
  #oddByte: number | undefined;
  accepted = 0;
  rejected = 0;

  constructor(format: AudioFormat, clock: AudioClock) {
    this.#format = format;
    this.#clock = clock;
  }

  read(message: Uint8Array): AcceptedFrame | undefined {
    const frame = this.#format.encoding === 'pcm-s16le' ? this.#pcm(message) : message;
    if (frame.length === 0) return undefined;
    // Only whole, well-formed frames have a length in time.
    const ticks = this.#clock.ticksOf(frame);
    if (ticks === 0) {
      this.rejected += 1;
      return undefined;
    }
    this.accepted += 1;
    return { frame, ticks };
  }

  #pcm(message: Uint8Array): Uint8Array {
    if (this.#oddByte === undefined && message.length % 2 === 0) return message;
    const bytes =
      this.#oddByte === undefined
        ? message
        : Buffer.concat([Uint8Array.of(this.#oddByte), message]);
    const even = bytes.length - (bytes.length % 2);
    this.#oddByte = even < bytes.length ? bytes[even] : undefined;
    return bytes.subarray(0, even);
  }
}
