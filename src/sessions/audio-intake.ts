import { AudioAllowance, SUSTAINED_SPEED } from '../audio/audio-allowance.ts';
import { type AudioClock, audioClock } from '../audio/audio-clock.ts';
import type { AudioFormat } from '../audio/audio-format.ts';
import type { ShareNotice } from '../audio/audio-log.ts';
import { parseCodec, unknownCodecText } from '../audio/codec.ts';
import { PcmCheck } from '../audio/pcm-check.ts';
import type { SessionAudio } from '../audio/session-audio.ts';
import { wait } from '../kernel/backoff.ts';
import type { Clock } from '../kernel/clock.ts';

/** What may wait to be written before the client has to wait, bytes. */
const MAX_PENDING_BYTES = 4 * 1024 * 1024;
/** Frames in a row that are no audio of the declared codec before the client is told. */
const TELL_AFTER_REJECTED = 25;
/** Audio beyond the allowance that may arrive before the socket can be held back, milliseconds. */
const MAX_DEBT_MS = 10 * 60_000;
/** How long a client may be held back without slowing down before it is disconnected, milliseconds. */
const MAX_HELD_BACK_MS = 30 * 60_000;
const AUDIO_DELETED_TEXT =
  'Your share of the audio log is used up: your oldest audio that was not transcribed yet is deleted to make room.';
const SHARE_USED_UP_TEXT =
  'Your share of the audio log is used up by audio that was not transcribed yet, so that no more of it can be kept.';
const TOO_FAST_TEXT = `Audio arrives faster than ${SUSTAINED_SPEED} times real time: send it more slowly.`;

export interface AudioIntakeOptions {
  audio: SessionAudio;
  format: AudioFormat;
  /** As the client has declared it. */
  codec: string;
  /** Audio that may arrive at once, milliseconds; null: no limit. */
  burstMs: number | null;
  clock: Clock;
  /** Ends a wait for the allowance. */
  signal: AbortSignal;
  tell(status: string, text: string): void;
  /** Told of each frame that is written to the log. */
  onFrame(frame: Uint8Array): void;
  /** Ends the session, because nothing more can be taken from the client. */
  disconnect(reason: string, code: 1003 | 1008): void;
}

/** Takes a session's binary messages: checks them, limits how fast they come, writes them to the log. */
export class AudioIntake {
  readonly #o: AudioIntakeOptions;
  readonly #frames: FrameReader;
  readonly #audioClock: AudioClock;
  readonly #allowance: AudioAllowance;
  /** Present while it is not certain that a codec of an unknown name is PCM. */
  #pcmCheck: PcmCheck | undefined;
  #heldBackMs = 0;
  #isTooFast = false;
  #isTrimmed = false;
  /** The client was disconnected. */
  #isOver = false;

  constructor(options: AudioIntakeOptions) {
    this.#o = options;
    this.#audioClock = audioClock(options.format);
    this.#frames = new FrameReader(options.format, this.#audioClock);
    this.#allowance = new AudioAllowance(options);
    const codec = parseCodec(options.codec);
    if (codec.status === 'supported' && codec.isAssumed) this.#pcmCheck = new PcmCheck();
  }

  /** Messages that were no audio of the codec. */
  get rejected(): number {
    return this.#frames.rejected;
  }

  take(message: Uint8Array): void {
    if (this.#isOver || !this.#mayBeOfCodec(message)) return;
    const accepted = this.#frames.read(message);
    const durationMs = accepted ? this.#audioClock.toMs(accepted.ticks) : 0;
    if (this.#allowance.spend(durationMs, message.length) > MAX_DEBT_MS) {
      this.#disconnect('audio_too_fast', TOO_FAST_TEXT, 'Audio arrives too fast');
      return;
    }
    if (accepted) {
      this.#o.audio.append(accepted.frame, accepted.ticks);
      this.#o.onFrame(accepted.frame);
    } else if (this.#frames.accepted === 0 && this.#frames.rejected === TELL_AFTER_REJECTED) {
      this.#o.tell(
        'audio_invalid',
        `What arrives is not ${this.#o.codec} audio: check the codec parameter.`,
      );
    }
  }

  /** Resolves when more audio may be read; undefined if it may be read now. */
  backpressure(): Promise<void> | undefined {
    if (this.#o.audio.pendingBytes > MAX_PENDING_BYTES) return this.#o.audio.flush();
    const { waitMs } = this.#allowance;
    if (waitMs > 0) return this.#holdBack(waitMs);
    if (this.#isTooFast && this.#allowance.isFull) {
      this.#isTooFast = false;
      this.#heldBackMs = 0;
    }
    return undefined;
  }

  /** Tells the client, once, that its user's share of the audio log is used up; see `AudioLog.begin`. */
  onShareNotice(notice: ShareNotice): void {
    if (this.#isOver) return;
    if (notice === 'used-up') {
      this.#disconnect('storage_full', SHARE_USED_UP_TEXT, 'No room for more unheard audio');
    } else if (!this.#isTrimmed) {
      this.#isTrimmed = true;
      this.#o.tell('audio_deleted', AUDIO_DELETED_TEXT);
    }
  }

  #holdBack(waitMs: number): Promise<void> | undefined {
    this.#heldBackMs += waitMs;
    if (this.#heldBackMs > MAX_HELD_BACK_MS) {
      this.#disconnect('audio_too_fast', TOO_FAST_TEXT, 'Audio arrives too fast');
      return undefined;
    }
    if (!this.#isTooFast) {
      this.#isTooFast = true;
      const seconds = Math.round((this.#o.burstMs ?? 0) / 1000);
      this.#o.tell(
        'audio_too_fast',
        `More than ${seconds} s of audio arrived at once: it is read at ${SUSTAINED_SPEED} times real time now.`,
      );
    }
    return wait(waitMs, this.#o.signal);
  }

  #mayBeOfCodec(message: Uint8Array): boolean {
    if (!this.#pcmCheck) return true;
    if (!this.#pcmCheck.take(message)) {
      const text = `${unknownCodecText()} The audio is no signed 16-bit little-endian PCM either.`;
      this.#disconnect('unsupported_codec', text, 'Unknown codec', 1003);
      return false;
    }
    if (!this.#pcmCheck.isOpen) this.#pcmCheck = undefined;
    return true;
  }

  #disconnect(status: string, text: string, reason: string, code: 1003 | 1008 = 1008): void {
    this.#isOver = true;
    this.#o.tell(status, text);
    this.#o.disconnect(reason, code);
  }
}

interface AcceptedFrame {
  frame: Uint8Array;
  ticks: number;
}

/**
 * Makes frames of a session's binary messages. PCM is split on sample borders: an odd byte waits for its
 * other half. What is no frame of the codec is skipped and counted.
 */
class FrameReader {
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
