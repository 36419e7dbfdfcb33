import type { AudioBatch } from '../audio/audio-format.ts';
import type { ReplayableAudio } from '../audio/replayable-audio.ts';
import { AppError, isAppError, toAppError } from '../kernel/errors.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import type { SessionStt } from '../stt/session-stt.ts';
import { startAt } from '../stt/stt-provider.ts';
import { wordsToSegments } from '../transcripts/words-to-segments.ts';
import { mixDown } from './voice-file.ts';

/** Audio that may wait for a provider, milliseconds; then the stream has failed. */
const MAX_BACKLOG_MS = 5 * 60_000;
/** Audio that is paid for together, milliseconds. */
const SPENT_TOGETHER_MS = 10_000;

/** What a stream tells: new words, or that it is over for a reason of the server's. */
export type VoiceStreamEvent =
  | { type: 'segments'; segments: TranscriptSegment[] }
  | { type: 'failed'; error: AppError };

export interface VoiceStreamOptions {
  stt: SessionStt;
  sampleRate: number;
  channels: 1 | 2;
  /** Pays for that much audio; rejects if nothing is left. */
  spend: (ms: number) => Promise<void>;
  emit: (event: VoiceStreamEvent) => void;
}

/**
 * Transcribes audio as it comes. Only the end of its audio makes a provider say its last words, so
 * `finalize` ends the audio of one stream of the provider's, and the next audio begins another.
 */
export class VoiceStream {
  readonly #o: VoiceStreamOptions;
  readonly #stop = new AbortController();
  #round: HeldAudio | null = null;
  /** The rounds that were begun, one after the other. */
  #done: Promise<void> = Promise.resolve();
  /** Audio of all earlier rounds, milliseconds. */
  #beforeMs = 0;
  #unpaidMs = 0;
  /** What is not a whole sample of every channel yet. */
  #rest: Uint8Array = new Uint8Array(0);

  constructor(options: VoiceStreamOptions) {
    this.#o = options;
  }

  /** Takes signed 16-bit little-endian PCM, in pieces of any size. */
  push(bytes: Uint8Array): void {
    if (this.#stop.signal.aborted) return;
    const { channels, sampleRate } = this.#o;
    const joined = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    const whole = joined.length - (joined.length % (2 * channels));
    // Copies: the socket uses its memory again.
    this.#rest = Uint8Array.from(joined.subarray(whole));
    if (whole === 0) return;
    const pcm = joined.subarray(0, whole);
    const mono = channels === 2 ? mixDown(pcm) : Uint8Array.from(pcm);
    const durationMs = (mono.length / 2 / sampleRate) * 1000;
    this.#pay(durationMs);
    this.#round ??= this.#begin();
    this.#round.push(mono, durationMs);
    if (this.#round.heldMs > MAX_BACKLOG_MS) this.#fail(unavailable());
  }

  /** The provider is to say what it still holds. */
  finalize(): void {
    this.#round?.end();
    this.#round = null;
  }

  /** The client is gone: running work is cancelled. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#round?.end();
    await this.#done;
    const due = this.#unpaidMs;
    this.#unpaidMs = 0;
    try {
      await this.#o.spend(due);
    } catch (error) {
      // A few seconds more than there was; the next stream is refused.
      if (!isAppError(error, 'rate-limited')) throw error;
    }
  }

  #begin(): HeldAudio {
    const audio = new HeldAudio();
    this.#done = this.#done.then(() => this.#transcribe(audio));
    return audio;
  }

  /** Never rejects: what goes wrong is told. */
  async #transcribe(audio: HeldAudio): Promise<void> {
    const { stt, emit } = this.#o;
    const { signal } = this.#stop;
    if (signal.aborted) return;
    let { provider } = stt;
    try {
      for await (const event of stt.stream.transcribe(audio, stt.options, startAt(0), signal)) {
        if (signal.aborted) return;
        if (event.type === 'provider-change') provider = event.provider;
        else if (event.type === 'budget-exhausted') {
          throw new AppError('rate-limited', 'Daily transcription budget exhausted');
        } else if (event.type === 'provider-status' && event.state === 'unavailable') {
          throw unavailable();
        } else if (event.type === 'transcript-final') {
          audio.release(event.finalUntilMs);
          const segments = wordsToSegments(event.words, this.#beforeMs, provider);
          if (segments.length > 0) emit({ type: 'segments', segments });
        }
      }
      this.#beforeMs += audio.endMs;
    } catch (error) {
      if (!signal.aborted) this.#fail(toAppError(error));
    }
  }

  #pay(ms: number): void {
    this.#unpaidMs += ms;
    if (this.#unpaidMs < SPENT_TOGETHER_MS) return;
    const due = this.#unpaidMs;
    this.#unpaidMs = 0;
    this.#o.spend(due).catch((error: unknown) => this.#fail(toAppError(error)));
  }

  #fail(error: AppError): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.#round?.end();
    this.#o.emit({ type: 'failed', error });
  }
}

/** Audio in memory until its words are final, so that a lost connection can be given it again. */
class HeldAudio implements ReplayableAudio {
  #batches: AudioBatch[] = [];
  #ended = false;
  #wake: (() => void)[] = [];
  #endMs = 0;

  /** Everything that was pushed, milliseconds. */
  get endMs(): number {
    return this.#endMs;
  }

  get heldMs(): number {
    return this.#endMs - (this.#batches[0]?.startMs ?? this.#endMs);
  }

  push(frame: Uint8Array, durationMs: number): void {
    this.#batches.push({ startMs: this.#endMs, durationMs, frames: [frame] });
    this.#endMs += durationMs;
    this.#wakeAll();
  }

  end(): void {
    this.#ended = true;
    this.#wakeAll();
  }

  release(untilMs: number): void {
    const first = this.#batches.findIndex((b) => b.startMs + b.durationMs > untilMs);
    this.#batches = first < 0 ? [] : this.#batches.slice(first);
  }

  async *readFrom(positionMs: number, signal: AbortSignal): AsyncGenerator<AudioBatch> {
    let at = positionMs;
    signal.addEventListener('abort', () => this.#wakeAll(), { once: true });
    while (!signal.aborted) {
      const next = this.#batches.find((batch) => batch.startMs + batch.durationMs > at);
      if (next) {
        at = next.startMs + next.durationMs;
        yield next;
      } else if (this.#ended) return;
      else await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  #wakeAll(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}

function unavailable(): AppError {
  return new AppError('provider-unavailable', 'Transcription service unavailable');
}
