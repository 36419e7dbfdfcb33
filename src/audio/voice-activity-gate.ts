import { type AudioClock, audioClock } from './audio-clock.ts';
import type { AudioBatch, AudioFormat } from './audio-format.ts';
import type { VoiceActivityDetector } from './voice-activity.ts';

export interface VoiceGateOptions {
  /** Audio before a voice that goes out with it, so that its first sound is not clipped. */
  preRollMs: number;
  /** Silence after a voice that still goes out. */
  hangoverMs: number;
}

/** Longest piece of PCM that is judged as one, milliseconds; a coded frame is never cut. */
const PIECE_MS = 100;
/** A jump of the audio's clock that is more than rounding, milliseconds. */
const GAP_MS = 1;

interface Piece {
  startMs: number;
  endMs: number;
  frame: Uint8Array;
}

/**
 * Lets speech through and keeps silence back, in one reading of the audio. Positions stay those of
 * the audio that came in: what was kept back is a gap between two batches. Begins open, because the
 * reading may begin in mid-word.
 */
export class VoiceGate {
  readonly #detector: VoiceActivityDetector;
  readonly #clock: AudioClock;
  readonly #options: VoiceGateOptions;
  readonly #pieceBytes: number;
  /** What may still go out before the next voice; empty while the gate is open. */
  #preRoll: Piece[] = [];
  #open = true;
  #openedAtMs: number | null = null;
  #voiceEndMs: number | null = null;

  /** @param detector of audio of `format`; the gate does not close it */
  constructor(detector: VoiceActivityDetector, format: AudioFormat, options: VoiceGateOptions) {
    this.#detector = detector;
    this.#clock = audioClock(format);
    this.#options = options;
    this.#pieceBytes =
      format.encoding === 'pcm-s16le'
        ? 2 * this.#clock.toTicks(PIECE_MS)
        : Number.POSITIVE_INFINITY;
  }

  /** Where the last voice ended, null if there was none yet. */
  get voiceEndMs(): number | null {
    return this.#voiceEndMs;
  }

  /**
   * Takes the batch that follows and answers what is to go out now.
   *
   * @param mayClose asked once the hangover is over, with the length of the silence
   * @param onSilence told the position and length of each piece that will never go out
   */
  push(
    batch: AudioBatch,
    mayClose: (silenceMs: number) => boolean,
    onSilence: (startMs: number, endMs: number) => void,
  ): AudioBatch[] {
    const passed: Piece[] = [];
    this.#openedAtMs ??= batch.startMs;
    for (const piece of this.#pieces(batch)) {
      if (this.#detector.push(piece.frame)) {
        this.#voiceEndMs = piece.endMs;
        this.#open = true;
        passed.push(...this.#preRoll.splice(0));
      } else if (this.#open) {
        const silenceMs = piece.endMs - (this.#voiceEndMs ?? this.#openedAtMs);
        this.#open = silenceMs <= this.#options.hangoverMs || !mayClose(silenceMs);
      }
      if (this.#open) passed.push(piece);
      else this.#keepBack(piece, onSilence);
    }
    return toBatches(passed);
  }

  #keepBack(piece: Piece, onSilence: (startMs: number, endMs: number) => void): void {
    this.#preRoll.push(piece);
    for (;;) {
      const [first, second] = this.#preRoll;
      if (!first || !second || piece.endMs - second.startMs < this.#options.preRollMs) return;
      this.#preRoll.shift();
      onSilence(first.startMs, first.endMs);
    }
  }

  *#pieces(batch: AudioBatch): Generator<Piece, void, undefined> {
    let ticks = 0;
    for (const whole of batch.frames) {
      for (let at = 0; at < whole.length; at += this.#pieceBytes) {
        const frame =
          whole.length <= this.#pieceBytes ? whole : whole.subarray(at, at + this.#pieceBytes);
        const startMs = batch.startMs + this.#clock.toMs(ticks);
        ticks += this.#clock.ticksOf(frame);
        yield { startMs, endMs: batch.startMs + this.#clock.toMs(ticks), frame };
      }
    }
  }
}

/** Pieces that follow each other travel together. */
function toBatches(pieces: readonly Piece[]): AudioBatch[] {
  const batches: (AudioBatch & { frames: Uint8Array[] })[] = [];
  for (const { startMs, endMs, frame } of pieces) {
    const last = batches.at(-1);
    if (last && Math.abs(last.startMs + last.durationMs - startMs) <= GAP_MS) {
      last.durationMs = endMs - last.startMs;
      last.frames.push(frame);
    } else {
      batches.push({ startMs, durationMs: endMs - startMs, frames: [frame] });
    }
  }
  return batches;
}
