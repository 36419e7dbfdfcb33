import { type BackoffPolicy, backoffDelay, wait } from '../kernel/backoff.ts';
import { AppError, describeError, toAppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { untilAborted } from '../kernel/until-aborted.ts';
import { ConnectionAudio } from './connection-audio.ts';
import { ResumedTranscript } from './resumed-transcript.ts';
import { StallWatch } from './stall-watch.ts';
import type { ProviderStatus, SttEvent } from './stt-event.ts';
import type { ReplayableAudio, SttOptions, SttProvider, SttStream } from './stt-provider.ts';

export interface ResumingOptions {
  backoff: BackoffPolicy;
  logger: Logger;
  /** Final audio that is sent again after a lost connection, to recognise the speakers; 0: none. */
  overlapMs: number;
  /**
   * A connection that answers nothing for so long, while at least as much audio goes in, is given
   * up. Doubles while that does not help, so that a long silence is not replayed again and again.
   */
  stallTimeoutMs: number;
  /** How long the provider may stay down once the audio has ended. */
  drainTimeoutMs: number;
  /** Replayed audio goes out at most so many times faster than it was spoken. */
  replaySpeed: number;
  /** Failures in a row after which the state is `unavailable` instead of `reconnecting`. */
  unavailableAfter: number;
}

export const RESUMING_DEFAULTS = {
  backoff: { initialMs: 250, maxMs: 30_000, jitter: 0.5 },
  overlapMs: 5000,
  stallTimeoutMs: 30_000,
  drainTimeoutMs: 30_000,
  replaySpeed: 20,
  unavailableAfter: 3,
} as const satisfies Partial<ResumingOptions>;

/**
 * A stream that survives its provider's connections. It is the one place that retries.
 *
 * The position up to which words are final is the cursor. After a lost connection the audio is read
 * again from there (and from `overlapMs` before it); positions are counted on the stream's clock;
 * words before the cursor are dropped. So every word is given once, however often the provider
 * fails. Retrying goes on until the signal is aborted; errors that no retry mends (a wrong key) are
 * reported as `unavailable` and tried again at the longest wait, because the audio is kept and the
 * key may be mended. Once the audio has ended, a provider that is down for `drainTimeoutMs` ends the
 * stream with its error.
 *
 * Throws what the source of the audio throws, `unsupported-codec` where the provider does not take
 * the format, and `aborted` after an abort.
 */
export function resuming(
  provider: SttProvider,
  options: Pick<ResumingOptions, 'logger'> & Partial<ResumingOptions>,
): SttStream {
  const complete: ResumingOptions = { ...RESUMING_DEFAULTS, ...options };
  return {
    transcribe: (audio, sttOptions, fromMs, signal) =>
      new ResumingRun(provider, complete, audio, sttOptions, fromMs, signal).events(),
  };
}

/** State of one stream over all its connections. */
class ResumingRun {
  readonly #provider: SttProvider;
  readonly #options: ResumingOptions;
  readonly #audio: ReplayableAudio;
  readonly #sttOptions: SttOptions;
  readonly #signal: AbortSignal;
  readonly #transcript: ResumedTranscript;
  #state: ProviderStatus['state'] | null = null;
  #failures = 0;
  #stalls = 0;
  /** Where the audio ends, null while it goes on. */
  #endMs: number | null = null;
  /** How far the audio has been seen, by a connection or by the watch for its end. */
  #seenMs: number;
  /** `performance.now()` since when the audio has ended and the provider is down. */
  #drainingSince: number | null = null;

  constructor(
    provider: SttProvider,
    options: ResumingOptions,
    audio: ReplayableAudio,
    sttOptions: SttOptions,
    fromMs: number,
    signal: AbortSignal,
  ) {
    this.#provider = provider;
    this.#options = options;
    this.#audio = audio;
    this.#sttOptions = sttOptions;
    this.#signal = signal;
    this.#seenMs = fromMs;
    this.#transcript = new ResumedTranscript(fromMs, options.overlapMs);
  }

  async *events(): AsyncGenerator<SttEvent, void, undefined> {
    const { encoding } = this.#sttOptions.format;
    if (!this.#provider.capabilities.encodings.includes(encoding)) {
      throw new AppError('unsupported-codec', `${this.#provider.name} does not take ${encoding}.`);
    }
    for (;;) {
      const error = yield* this.#connection();
      if (error === null || this.#isDone()) return;
      this.#failures += 1;
      yield* this.#report(this.#stateAfter(error), describeError(error));
      await this.#waitBeforeRetry(error);
      if (this.#isDone()) return;
    }
  }

  /** One connection from start to end; null where it has brought the last words. */
  async *#connection(): AsyncGenerator<SttEvent, AppError | null, undefined> {
    const attempt = new AbortController();
    const signal = AbortSignal.any([this.#signal, attempt.signal]);
    const { replaySpeed } = this.#options;
    const startMs = this.#transcript.beginConnection();
    const audio = new ConnectionAudio(this.#audio, startMs, replaySpeed, signal);
    const stallMs = this.#options.stallTimeoutMs * 2 ** Math.min(this.#stalls, 6);
    const watch = new StallWatch(audio, stallMs, () => attempt.abort());
    const events = this.#provider.transcribe(audio, this.#sttOptions, signal);
    const iterator = events[Symbol.asyncIterator]();
    try {
      let next = settle(iterator.next());
      // A provider asks for audio once it is connected; there may be nothing to hear for long.
      await Promise.race([audio.requested, next]);
      if (audio.isRequested) yield* this.#report('connected', null);
      for (;;) {
        const { result, error } = await next;
        if (result === undefined) throw error;
        if (result.done) break;
        watch.answered();
        yield* this.#pass(result.value, audio);
        watch.resume();
        next = settle(iterator.next());
      }
      this.#throwIfAborted();
      if (audio.ended) return null;
      return new AppError('provider-unavailable', 'The provider ended the stream too early.');
    } catch (error) {
      this.#throwIfAborted();
      if (audio.failure !== undefined) throw audio.failure;
      if (watch.stalled) {
        this.#stalls += 1;
        return new AppError('timeout', 'The provider has stopped answering.');
      }
      return toAppError(error);
    } finally {
      watch.stop();
      attempt.abort();
      this.#seenMs = Math.max(this.#seenMs, audio.positionMs);
      if (audio.ended) this.#endMs = audio.positionMs;
      const returned = iterator.return?.();
      if (returned) await settle(returned);
    }
  }

  *#pass(event: SttEvent, audio: ConnectionAudio): Generator<SttEvent, void, undefined> {
    const cursor = this.#transcript.cursorMs;
    for (const mapped of this.#transcript.take(event, (ms) => audio.toStreamMs(ms))) {
      yield mapped;
    }
    if (this.#transcript.cursorMs > cursor) {
      this.#failures = 0;
      this.#stalls = 0;
      this.#drainingSince = null;
    }
  }

  *#report(
    state: ProviderStatus['state'],
    reason: string | null,
  ): Generator<ProviderStatus, void, undefined> {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.logger.info({ provider: this.#provider.name, state, reason }, 'stt state');
    yield { type: 'provider-status', state, reason };
  }

  #stateAfter(error: AppError): 'reconnecting' | 'unavailable' {
    const lasting = !error.retryable || this.#failures >= this.#options.unavailableAfter;
    return lasting ? 'unavailable' : 'reconnecting';
  }

  /** The audio has ended and everything in it is final: nothing is left to reconnect for. */
  #isDone(): boolean {
    return this.#endMs !== null && this.#transcript.cursorMs >= this.#endMs - 1;
  }

  /** Waits; throws `error` where the provider has been down for too long after the end. */
  async #waitBeforeRetry(error: AppError): Promise<void> {
    const { backoff } = this.#options;
    const delayMs = error.retryable ? backoffDelay(backoff, this.#failures - 1) : backoff.maxMs;
    const waiting = new AbortController();
    const signal = AbortSignal.any([this.#signal, waiting.signal]);
    try {
      await Promise.race([
        wait(delayMs, signal),
        this.#drainDeadline(signal).then(() => Promise.reject(error)),
      ]);
    } catch (reason) {
      this.#throwIfAborted();
      throw reason;
    } finally {
      waiting.abort();
    }
  }

  /** Resolves when the audio has ended and `drainTimeoutMs` have passed since without progress. */
  async #drainDeadline(signal: AbortSignal): Promise<void> {
    if (this.#endMs === null) {
      const rest = this.#audio.readFrom(this.#seenMs, signal);
      for await (const { startMs, durationMs } of untilAborted(rest, signal)) {
        this.#seenMs = Math.max(this.#seenMs, startMs + durationMs);
      }
      signal.throwIfAborted();
      this.#endMs = this.#seenMs;
    }
    this.#drainingSince ??= performance.now();
    const spentMs = performance.now() - this.#drainingSince;
    await wait(Math.max(0, this.#options.drainTimeoutMs - spentMs), signal);
  }

  #throwIfAborted(): void {
    if (this.#signal.aborted) {
      throw new AppError('aborted', 'The transcription was cancelled.');
    }
  }
}

type Settled<T> = { result: T; error: undefined } | { result: undefined; error: unknown };

/** A promise that never rejects, so that it may wait unobserved for a moment. */
function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then(
    (result) => ({ result, error: undefined }),
    (error: unknown) => ({ result: undefined, error: error ?? new Error('Rejected.') }),
  );
}
