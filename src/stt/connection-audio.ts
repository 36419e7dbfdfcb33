import type { AudioBatch } from '../audio/audio-format.ts';
import { type AudioSink, pushAudio, type ReplayableAudio } from '../audio/replayable-audio.ts';
import { wait } from '../kernel/backoff.ts';
import { isAppError } from '../kernel/errors.ts';
import type { ConnectionMeter } from './stt-meter.ts';
import type { LiveAudio } from './stt-provider.ts';
import type { VoicedTime } from './voiced-time.ts';

/** Replayed audio that may be sent at once before the pace is limited, milliseconds. */
const BURST_MS = 1000;
/** A jump of the audio's clock that is more than rounding, milliseconds. */
const GAP_MS = 1;

/**
 * How long to wait before more audio is sent, so that a backlog does not flood the provider.
 *
 * @param sentMs audio that was handed over, @param elapsedMs wall time since the first
 * @param speed limit in multiples of real time
 */
export function replayDelayMs(sentMs: number, elapsedMs: number, speed: number): number {
  return Math.max(0, (sentMs - BURST_MS) / speed - elapsedMs);
}

export interface ConnectionAudioOptions {
  source: ReplayableAudio;
  /** Position of the source that the connection starts at, milliseconds. */
  startMs: number;
  /** Recordings of known voices, played first; their positions are those of the enrollment. */
  enrollment: readonly AudioBatch[];
  /** Limit of the pace, in multiples of real time. */
  speed: number;
  /** Ends the audio. */
  signal: AbortSignal;
  /** Measures the audio that may be speech; null if it is not needed. */
  voiced: VoicedTime | null;
  meter: ConnectionMeter;
}

/** A moment of the connection, and the position of the audio that was sent there. */
interface Anchor {
  connectionMs: number;
  positionMs: number;
}

/**
 * The audio of one connection: the enrollment, then the stream's audio. It limits the pace, counts what
 * the provider is handed, ends when the budget does, and relates the connection's clock, which starts at
 * 0, to the stream's. Read once.
 */
export class ConnectionAudio implements Required<LiveAudio> {
  /** Resolves when the provider asks for its first audio, which it does once it is connected. */
  readonly requested: Promise<void>;
  readonly #o: ConnectionAudioOptions;
  /** Length of the enrollment on the connection's clock, milliseconds. */
  readonly #enrollmentMs: number;
  /** A new one after each gap. */
  readonly #enrollmentAnchors: Anchor[] = [];
  readonly #anchors: Anchor[] = [];
  #resolveRequested: () => void = () => undefined;
  #begunAt = 0;
  #isRequested = false;
  #ended = false;
  #cutMs: number | null = null;
  #failure: unknown;
  #sentMs = 0;
  #positionMs: number;
  #handedAt = 0;
  #waiting = false;
  /** Aborted when the audio is cut. */
  readonly #cut = new AbortController();

  constructor(options: ConnectionAudioOptions) {
    this.#o = options;
    this.#positionMs = options.startMs;
    this.#enrollmentMs = options.enrollment.reduce((sum, { durationMs }) => sum + durationMs, 0);
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

  /** Position at which the audio was ended because all budgets are used up; null if it was not. */
  get cutMs(): number | null {
    return this.#cutMs;
  }

  /** What reading the audio threw, undefined if nothing. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Length of the audio that was handed over, milliseconds. */
  get sentMs(): number {
    return this.#sentMs;
  }

  /** Part of it that may be speech, milliseconds; 0 if that is not measured. */
  get voicedMs(): number {
    return this.#o.voiced?.ms ?? 0;
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
    const first = this.#anchors[0] ?? {
      connectionMs: this.#enrollmentMs,
      positionMs: this.#o.startMs,
    };
    return Math.round(positionAt(connectionMs, this.#anchors, first));
  }

  /** A time of the connection as a position in the enrollment, null after its end. */
  toEnrollmentMs(connectionMs: number): number | null {
    const [first] = this.#enrollmentAnchors;
    if (first === undefined || connectionMs >= this.#enrollmentMs) return null;
    return positionAt(connectionMs, this.#enrollmentAnchors, first);
  }

  /** Replaces the count of what was sent by the vendor's own, milliseconds. */
  settle(chargedMs: number): void {
    this.#o.meter.settle(chargedMs);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AudioBatch, void, undefined> {
    const { source, startMs, enrollment, signal } = this.#o;
    this.#begin();
    try {
      for (const batch of enrollment) {
        if (this.#delayMs > 1) await wait(this.#delayMs, signal);
        if (!this.#admit(batch, startMs)) return;
        this.#noteHanded(batch, this.#enrollmentAnchors);
        yield batch;
        this.#waiting = true;
      }
      for await (const batch of source.readFrom(startMs, signal)) {
        if (this.#delayMs > 1) await wait(this.#delayMs, signal);
        if (!this.#admit(batch, batch.startMs)) return;
        this.#noteHanded(batch, this.#anchors);
        yield batch;
        this.#waiting = true;
      }
      this.#ended = !signal.aborted;
    } catch (error) {
      this.#noteFailure(error);
      throw error;
    }
  }

  async pushTo(sink: AudioSink, stopped: AbortSignal): Promise<void> {
    const { source, startMs, enrollment } = this.#o;
    const signal = AbortSignal.any([this.#o.signal, stopped, this.#cut.signal]);
    this.#begin();
    try {
      for (const batch of enrollment) {
        if (this.#delayMs > 1) await wait(this.#delayMs, signal);
        await this.#hand(batch, startMs, this.#enrollmentAnchors, sink);
        if (signal.aborted) return;
      }
      await pushAudio(source, startMs, signal, (batch) => {
        if (this.#delayMs > 1) return this.#handLater(batch, signal, sink);
        return this.#hand(batch, batch.startMs, this.#anchors, sink);
      });
      if (!signal.aborted) this.#ended = true;
    } catch (error) {
      this.#noteFailure(error);
      throw error;
    }
  }

  async #handLater(batch: AudioBatch, signal: AbortSignal, sink: AudioSink): Promise<void> {
    await wait(this.#delayMs, signal);
    await this.#hand(batch, batch.startMs, this.#anchors, sink);
  }

  /** @param positionMs where the audio ends if the batch is not admitted */
  #hand(
    batch: AudioBatch,
    positionMs: number,
    anchors: Anchor[],
    sink: AudioSink,
  ): Promise<void> | undefined {
    if (!this.#admit(batch, positionMs)) {
      this.#cut.abort();
      return undefined;
    }
    this.#noteHanded(batch, anchors);
    const busy = sink(batch);
    this.#waiting = busy === undefined;
    return busy?.then(() => {
      this.#waiting = true;
    });
  }

  #begin(): void {
    this.#isRequested = true;
    this.#waiting = true;
    this.#resolveRequested();
    this.#begunAt = performance.now();
  }

  /** A used-up budget is a failure of the connection, not of the audio. */
  #noteFailure(error: unknown): void {
    if (this.#o.signal.aborted || isAppError(error, 'budget-used-up')) return;
    this.#failure = error;
  }

  get #delayMs(): number {
    return replayDelayMs(this.#sentMs, performance.now() - this.#begunAt, this.#o.speed);
  }

  /** @param positionMs where the audio ends if the batch is not admitted */
  #admit(batch: AudioBatch, positionMs: number): boolean {
    if (this.#o.meter.admit(batch.durationMs)) return true;
    this.#cutMs = positionMs;
    this.#ended = true;
    return false;
  }

  #noteHanded(batch: AudioBatch, anchors: Anchor[]): void {
    noteAnchor(anchors, this.#sentMs, batch);
    if (anchors === this.#anchors) this.#positionMs = batch.startMs + batch.durationMs;
    this.#sentMs += batch.durationMs;
    this.#o.voiced?.add(batch);
    this.#handedAt = performance.now();
    this.#waiting = false;
  }
}

/** Adds an anchor for a batch that does not start where the one before it ended. */
function noteAnchor(anchors: Anchor[], connectionMs: number, { startMs }: AudioBatch): void {
  const last = anchors.at(-1);
  if (last && Math.abs(positionAfter(last, connectionMs) - startMs) <= GAP_MS) return;
  anchors.push({ connectionMs, positionMs: startMs });
}

/** Position at a moment of the connection; before the first anchor, that of the first anchor. */
function positionAt(connectionMs: number, anchors: readonly Anchor[], first: Anchor): number {
  const anchor = anchors.findLast((candidate) => candidate.connectionMs <= connectionMs) ?? first;
  return positionAfter(anchor, Math.max(connectionMs, anchor.connectionMs));
}

function positionAfter(anchor: Anchor, connectionMs: number): number {
  return anchor.positionMs + connectionMs - anchor.connectionMs;
}
