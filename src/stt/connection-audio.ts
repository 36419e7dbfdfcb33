import type { AudioBatch } from '../audio/audio-format.ts';
import { wait } from '../kernel/backoff.ts';
import { untilAborted } from '../kernel/until-aborted.ts';
import type { ReplayableAudio } from './stt-provider.ts';
import type { VoicedTime } from './voiced-time.ts';

/** Replayed audio that may go out at once before the pace is kept, milliseconds. */
const BURST_MS = 1000;
/** A jump of the audio's clock that is more than rounding, milliseconds. */
const GAP_MS = 1;

/**
 * How long to wait before more audio goes out, so that a backlog does not flood the provider.
 *
 * @param sentMs audio that was handed over, @param elapsedMs wall time since the first
 * @param speed limit in multiples of real time
 */
export function replayDelayMs(sentMs: number, elapsedMs: number, speed: number): number {
  return Math.max(0, (sentMs - BURST_MS) / speed - elapsedMs);
}

/**
 * The audio of one connection: what the provider is handed, how far it has come, and the relation
 * between the connection's clock, which starts at 0, and the stream's. Read once.
 */
export class ConnectionAudio implements AsyncIterable<AudioBatch> {
  /** Resolves when the provider asks for its first audio, which it does once it is connected. */
  readonly requested: Promise<void>;
  readonly #source: ReplayableAudio;
  readonly #startMs: number;
  readonly #speed: number;
  readonly #signal: AbortSignal;
  readonly #voiced: VoicedTime | null;
  /** Each with the stream's time of a moment of the connection; a new one after each gap. */
  readonly #anchors: { connectionMs: number; streamMs: number }[] = [];
  #resolveRequested: () => void = () => undefined;
  #isRequested = false;
  #ended = false;
  #failure: unknown;
  #sentMs = 0;
  #positionMs: number;
  #handedAt = 0;
  #waiting = false;

  /**
   * @param speed limit of the pace, in multiples of real time
   * @param voiced measures the audio that may be speech; null where nobody asks for it
   */
  constructor(
    source: ReplayableAudio,
    startMs: number,
    speed: number,
    signal: AbortSignal,
    voiced: VoicedTime | null,
  ) {
    this.#source = source;
    this.#startMs = startMs;
    this.#positionMs = startMs;
    this.#speed = speed;
    this.#signal = signal;
    this.#voiced = voiced;
    this.requested = new Promise((resolve) => {
      this.#resolveRequested = resolve;
    });
  }

  get isRequested(): boolean {
    return this.#isRequested;
  }

  /** True once the provider has been told that no more audio comes. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What reading the audio threw, undefined where nothing. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Length of the audio that was handed over, milliseconds. */
  get sentMs(): number {
    return this.#sentMs;
  }

  /** Part of it that may be speech, milliseconds; 0 where that is not measured. */
  get voicedMs(): number {
    return this.#voiced?.ms ?? 0;
  }

  /** The stream's time at the end of the audio that was handed over. */
  get positionMs(): number {
    return this.#positionMs;
  }

  /** `performance.now()` since when the provider holds a batch without asking for the next. */
  get heldSince(): number | null {
    return this.#waiting || !this.#isRequested || this.#ended ? null : this.#handedAt;
  }

  /** A time of the connection on the stream's clock, whole milliseconds. */
  toStreamMs(connectionMs: number): number {
    const anchor =
      this.#anchors.findLast((candidate) => candidate.connectionMs <= connectionMs) ??
      this.#anchors[0];
    if (anchor === undefined) return Math.round(this.#startMs + connectionMs);
    return Math.round(anchor.streamMs + connectionMs - anchor.connectionMs);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AudioBatch, void, undefined> {
    this.#isRequested = true;
    this.#waiting = true;
    this.#resolveRequested();
    const begunAt = performance.now();
    try {
      const batches = this.#source.readFrom(this.#startMs, this.#signal);
      for await (const batch of untilAborted(batches, this.#signal)) {
        const delayMs = replayDelayMs(this.#sentMs, performance.now() - begunAt, this.#speed);
        if (delayMs > 1) await wait(delayMs, this.#signal);
        this.#note(batch);
        this.#waiting = false;
        yield batch;
        this.#waiting = true;
      }
      this.#ended = !this.#signal.aborted;
    } catch (error) {
      if (!this.#signal.aborted) this.#failure = error;
      throw error;
    }
  }

  #note(batch: AudioBatch): void {
    if (this.#anchors.length === 0 || Math.abs(batch.startMs - this.#positionMs) > GAP_MS) {
      this.#anchors.push({ connectionMs: this.#sentMs, streamMs: batch.startMs });
    }
    this.#sentMs += batch.durationMs;
    this.#voiced?.add(batch);
    this.#positionMs = batch.startMs + batch.durationMs;
    this.#handedAt = performance.now();
  }
}
