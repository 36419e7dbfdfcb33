import type { AudioFormat } from '../audio/audio-format.ts';
import type { ReplayableAudio } from '../audio/replayable-audio.ts';
import { type BackoffPolicy, wait } from '../kernel/backoff.ts';
import { AppError, describeError, toAppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { untilAborted } from '../kernel/until-aborted.ts';
import { Breakers } from './breaker.ts';
import { ConnectionAudio } from './connection-audio.ts';
import { EnrollmentAudio, type KnownVoice } from './enrollment-audio.ts';
import { ResumedTranscript } from './resumed-transcript.ts';
import { RouteChoice, type SttRoute } from './route-choice.ts';
import { StallWatch } from './stall-watch.ts';
import type { ProviderChange, ProviderEvent, ProviderStatus, SttEvent } from './stt-event.ts';
import { ConnectionMeter, type SttMeter, UNMETERED } from './stt-meter.ts';
import type { StreamStart } from './stt-provider.ts';
import { VoicedTime } from './voiced-time.ts';
import { WordlessWatch } from './wordless-watch.ts';

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
  /** How long a connection may take to open if another provider could be asked instead. */
  connectWithinMs: number;
  /** How long the provider may stay down once the audio has ended. */
  drainTimeoutMs: number;
  /** Replayed audio goes out at most so many times faster than it was spoken. */
  replaySpeed: number;
  /** Failures in a row after which the state is `unavailable` instead of `reconnecting`. */
  unavailableAfter: number;
  /** What the process knows of its providers. */
  breakers: Breakers;
  /** Counts what is sent, and stops it when the budget is used up. */
  meter: SttMeter;
  /** How often a stream without budget looks whether there is one again, at least; milliseconds. */
  budgetRecheckMs: number;
  /** Voices to recognise; each connection is played their recordings first. */
  voices: readonly KnownVoice[];
  /** See `RouteChoiceOptions`. */
  returnAfterMs: number;
  maxReturnAfterMs: number;
  /** Unheard audio up to which the moment counts as quiet enough to change the provider. */
  quietMs: number;
  /** How long a quiet moment is waited for. */
  quietWithinMs: number;
}

export const RESUMING_DEFAULTS = {
  backoff: { initialMs: 250, maxMs: 30_000, jitter: 0.5 },
  overlapMs: 5000,
  stallTimeoutMs: 30_000,
  connectWithinMs: 1000,
  drainTimeoutMs: 30_000,
  replaySpeed: 20,
  unavailableAfter: 3,
  returnAfterMs: 15_000,
  maxReturnAfterMs: 10 * 60_000,
  quietMs: 700,
  quietWithinMs: 30_000,
  meter: UNMETERED,
  budgetRecheckMs: 30_000,
  voices: [],
} as const satisfies Partial<ResumingOptions>;

/** What the caller of `fallback` may leave out. */
export type ResumingChoices = Pick<ResumingOptions, 'logger'> & Partial<ResumingOptions>;

/**
 * A stream that survives its providers' connections. It is the one place that retries: the next
 * connection goes to the route that `RouteChoice` names.
 *
 * The position up to which words are final is the cursor. After a lost connection the audio is read
 * again from there (and from `overlapMs` before it); positions are counted on the stream's clock;
 * words before the cursor are dropped. So every word is given once, however often providers
 * fail. Retrying goes on until the signal is aborted; errors that no retry mends (a wrong key) are
 * reported as `unavailable` and tried again at the longest wait, because the audio is kept and the
 * key may be mended. Once the audio has ended, a provider that is down for `drainTimeoutMs` ends the
 * stream with its error.
 *
 * While the budgets of all providers are used up nothing is sent: the provider is told that the audio has
 * ended, so that its last words come; then `budget-exhausted` is given and the stream waits. It continues
 * if it was when a budget has been renewed.
 *
 * Throws what the source of the audio throws, `unsupported-codec` if the provider does not take
 * the format, and `aborted` after an abort.
 *
 * @param routes in order of preference, at least one
 * @param audio the audio itself, which the routes may decode
 */
export function resumeOver(
  routes: readonly SttRoute[],
  audio: ReplayableAudio,
  options: ResumingChoices,
  start: StreamStart,
  signal: AbortSignal,
): AsyncIterable<SttEvent> {
  const complete = { ...RESUMING_DEFAULTS, breakers: new Breakers(), ...options };
  return new ResumingRun(routes, complete, audio, start, signal).events();
}

/** Rounding that may be between the last position of a provider and the end of the audio, milliseconds. */
const ANSWERED_WITHIN_MS = 100;

/**
 * Why a connection ended: finished, the budget is used up, failed, suspected to have stalled, or replaced
 * by a preferred provider.
 */
type Ending =
  | { kind: 'done' }
  | { kind: 'out-of-budget' }
  | { kind: 'failed' | 'suspected'; error: AppError }
  | { kind: 'left'; to: SttRoute };

/** State of one stream over all its connections. */
class ResumingRun {
  readonly #options: ResumingOptions;
  readonly #audio: ReplayableAudio;
  readonly #signal: AbortSignal;
  readonly #over = new AbortController();
  readonly #choice: RouteChoice;
  readonly #transcript: ResumedTranscript;
  /** Names of the providers that the stream may use. */
  readonly #chain: readonly string[];
  readonly #enrollments = new Map<number, EnrollmentAudio>();
  #state: ProviderStatus['state'] | null = null;
  /** Name of the provider that the reader believes to be listening. */
  #announced: string;
  #lastFailure: string | null = null;
  #failures = 0;
  #stalls = 0;
  /** The provider that returned nothing for audio up to `untilMs`, until another has heard that audio. */
  #suspect: { route: SttRoute; untilMs: number; error: AppError } | null = null;
  /** `performance.now()` since when a better provider is there. */
  #betterSince: number | null = null;
  /** The cursor when a provider last ended in good order without having heard all. */
  #endedShortAtMs: number | null = null;
  /** Where the audio ends, null while it goes on. */
  #endMs: number | null = null;
  /** How far the audio has been seen, by a connection or by the watch for its end. */
  #seenMs: number;
  /** `performance.now()` since when the audio has ended and the provider is down. */
  #drainingSince: number | null = null;

  constructor(
    routes: readonly SttRoute[],
    options: ResumingOptions,
    audio: ReplayableAudio,
    start: StreamStart,
    signal: AbortSignal,
  ) {
    this.#options = options;
    this.#chain = routes.map(({ provider }) => provider.name);
    this.#audio = audio;
    this.#signal = signal;
    this.#seenMs = start.fromMs;
    this.#transcript = new ResumedTranscript(start, options.overlapMs);
    const lifetime = AbortSignal.any([signal, this.#over.signal]);
    this.#choice = new RouteChoice(routes, options, lifetime);
    this.#announced = this.#choice.first.provider.name;
  }

  async *events(): AsyncGenerator<SttEvent, void, undefined> {
    try {
      await this.#options.meter.refresh();
      for (;;) {
        yield* this.#waitForBudget();
        const ending = yield* this.#connection(this.#choice.current);
        if (ending.kind === 'done' || this.#isDone()) return;
        if (ending.kind === 'out-of-budget') continue;
        if (ending.kind === 'left') {
          this.#choice.goTo(ending.to);
          continue;
        }
        const { error } = ending;
        this.#failures += 1;
        this.#lastFailure = describeError(error);
        const delayMs =
          ending.kind === 'suspected' ? this.#suspected(error) : this.#choice.failed(error);
        if (delayMs === 0) continue;
        yield* this.#report(this.#stateAfter(error), this.#lastFailure);
        await this.#waitBeforeRetry(error, delayMs);
        if (this.#isDone()) return;
      }
    } finally {
      this.#over.abort();
    }
  }

  /** If all budgets are used up: says so, and waits until one is renewed. */
  async *#waitForBudget(): AsyncGenerator<SttEvent, void, undefined> {
    const { meter, budgetRecheckMs } = this.#options;
    if (!meter.exhaustedFor(this.#chain)) return;
    yield { type: 'budget-exhausted', renewsAt: meter.renewsAt };
    while (meter.exhaustedFor(this.#chain)) {
      await wait(budgetRecheckMs, this.#signal).catch((error) => {
        this.#throwIfAborted();
        throw error;
      });
      await meter.refresh();
    }
    this.#choice.startOver();
    this.#state = null;
    this.#lastFailure = null;
  }

  #suspected(error: AppError): number {
    this.#suspect = { route: this.#choice.current, untilMs: this.#seenMs, error };
    return this.#choice.suspected(error);
  }

  /** One connection from start to end. */
  async *#connection(route: SttRoute): AsyncGenerator<SttEvent, Ending, undefined> {
    const { provider, options } = route;
    if (!provider.capabilities.encodings.includes(options.format.encoding)) {
      const { encoding } = options.format;
      throw new AppError('unsupported-codec', `${provider.name} does not take ${encoding}.`);
    }
    const attempt = new AbortController();
    const signal = AbortSignal.any([this.#signal, attempt.signal]);
    const { stallTimeoutMs, connectWithinMs } = this.#options;
    const { responseTimeoutMs } = this.#choice;
    const audio = this.#audioFor(route, signal, responseTimeoutMs !== null);
    const limits = {
      timeoutMs: stallTimeoutMs * 2 ** Math.min(this.#stalls, 6),
      responseTimeoutMs,
      connectMs: responseTimeoutMs !== null && this.#choice.isFirstRound ? connectWithinMs : null,
    };
    const watch = new StallWatch(audio, limits, () => attempt.abort());
    // Coded audio is not decoded only to find out whether there is speech in it.
    const isMeasured = options.format.encoding === 'pcm-s16le';
    const wordless = new WordlessWatch(audio, isMeasured ? responseTimeoutMs : null);
    const events = provider.transcribe(audio, options, signal);
    const iterator = events[Symbol.asyncIterator]();
    try {
      let next = settle(iterator.next());
      // A provider asks for audio once it is connected; there may be nothing to hear for long.
      await Promise.race([audio.requested, next]);
      if (audio.isRequested) yield* this.#connected(route);
      for (;;) {
        const { result, error } = await next;
        if (result === undefined) throw error;
        if (result.done) break;
        watch.answered();
        const event = wordless.take(result.value);
        yield* this.#pass(event, audio, route);
        if (!audio.ended && wordless.isSuspicious) return noWords();
        const to = this.#betterNow(event, audio);
        if (to !== null) return { kind: 'left', to };
        watch.resume();
        next = settle(iterator.next());
      }
      this.#throwIfAborted();
      if (audio.cutMs !== null) return { kind: 'out-of-budget' };
      if (wordless.isSuspicious && this.#choice.responseTimeoutMs !== null) return noWords();
      if (audio.ended && this.#isAllAnswered(audio.positionMs)) return { kind: 'done' };
      const message = 'The provider ended the stream too early.';
      return { kind: 'failed', error: new AppError('provider-unavailable', message) };
    } catch (error) {
      this.#throwIfAborted();
      if (audio.failure !== undefined) throw audio.failure;
      // Words that did not come are heard again once there is a budget.
      if (audio.cutMs !== null) return { kind: 'out-of-budget' };
      if (watch.verdict === null) return { kind: 'failed', error: toAppError(error) };
      return this.#endingOf(watch.verdict, audio);
    } finally {
      watch.stop();
      attempt.abort();
      this.#seenMs = Math.max(this.#seenMs, audio.positionMs);
      if (audio.ended && audio.cutMs === null) this.#endMs = audio.positionMs;
      const returned = iterator.return?.();
      if (returned) await settle(returned);
    }
  }

  #audioFor(route: SttRoute, signal: AbortSignal, measuresVoice: boolean): ConnectionAudio {
    const { replaySpeed, meter } = this.#options;
    const { format } = route.options;
    const enrollment = this.#enrollmentFor(format);
    const startMs = this.#transcript.beginConnection(enrollment);
    const played = this.#transcript.hasPlayedEnrollment
      ? enrollment?.reminder()
      : enrollment?.whole();
    return new ConnectionAudio({
      source: route.audio,
      startMs,
      enrollment: played ?? [],
      speed: replaySpeed,
      signal,
      voiced: measuresVoice ? new VoicedTime(format) : null,
      meter: new ConnectionMeter(meter, route.provider.name, this.#chain),
    });
  }

  #enrollmentFor({ encoding, sampleRate }: AudioFormat): EnrollmentAudio | null {
    const { voices } = this.#options;
    if (voices.length === 0 || encoding !== 'pcm-s16le') return null;
    const made = this.#enrollments.get(sampleRate) ?? new EnrollmentAudio(voices, sampleRate);
    this.#enrollments.set(sampleRate, made);
    return made;
  }

  #endingOf(verdict: 'stalled' | 'suspected', audio: ConnectionAudio): Ending {
    if (!audio.isRequested) {
      const message = 'The provider has not answered the connection in time.';
      return { kind: 'failed', error: new AppError('timeout', message) };
    }
    if (verdict === 'stalled') this.#stalls += 1;
    const error = new AppError('timeout', 'The provider has stopped answering.');
    return { kind: verdict === 'stalled' ? 'failed' : 'suspected', error };
  }

  *#connected(route: SttRoute): Generator<SttEvent, void, undefined> {
    yield* this.#report('connected', null);
    const provider = route.provider.name;
    if (provider === this.#announced) return;
    const change: ProviderChange = {
      type: 'provider-change',
      provider,
      from: this.#announced,
      reason: this.#lastFailure,
      overBudget: this.#choice.isOverBudget(this.#announced),
    };
    this.#options.logger.info({ ...change, type: undefined }, 'stt provider changed');
    this.#announced = provider;
    this.#lastFailure = null;
    yield change;
  }

  *#pass(
    event: ProviderEvent,
    audio: ConnectionAudio,
    route: SttRoute,
  ): Generator<SttEvent, void, undefined> {
    const cursor = this.#transcript.cursorMs;
    if (event.type === 'usage') audio.settle(event.audioMs);
    for (const mapped of this.#transcript.take(event, audio)) {
      if (mapped.type === 'transcript-final') this.#settleSuspicion(route, mapped.words.length > 0);
      yield mapped;
    }
    if (this.#transcript.cursorMs > cursor) {
      this.#failures = 0;
      this.#stalls = 0;
      this.#drainingSince = null;
      this.#choice.progressed();
    }
  }

  #settleSuspicion(route: SttRoute, heardWords: boolean): void {
    if (this.#suspect === null) return;
    const { route: suspect, untilMs, error } = this.#suspect;
    if (route === suspect) this.#suspect = null;
    else if (heardWords) {
      this.#suspect = null;
      this.#choice.markFailed(suspect, error);
    } else if (this.#transcript.cursorMs >= untilMs) {
      this.#suspect = null;
      this.#choice.markHealthy(suspect);
    }
  }

  /** Whom to leave this connection for, now: if little is unheard, or that was waited for long. */
  #betterNow(event: ProviderEvent, audio: ConnectionAudio): SttRoute | null {
    if (event.type !== 'transcript-final' || audio.ended) return null;
    const better = this.#choice.better();
    if (better === null) {
      this.#betterSince = null;
      return null;
    }
    const now = performance.now();
    this.#betterSince ??= now;
    const { quietMs, quietWithinMs } = this.#options;
    // Who answers without words some time after the audio: nothing is being said either.
    const unheardMs = event.words.length === 0 ? 2 * quietMs : quietMs;
    const isQuiet = audio.positionMs - this.#transcript.cursorMs <= unheardMs;
    if (!isQuiet && now - this.#betterSince < quietWithinMs) return null;
    this.#betterSince = null;
    return better;
  }

  *#report(
    state: ProviderStatus['state'],
    reason: string | null,
  ): Generator<ProviderStatus, void, undefined> {
    if (state === this.#state) return;
    this.#state = state;
    const provider = this.#choice.current.provider.name;
    this.#options.logger.info({ provider, state, reason }, 'stt state');
    yield { type: 'provider-status', state, reason };
  }

  #stateAfter(error: AppError): 'reconnecting' | 'unavailable' {
    const lasting = !error.retryable || this.#failures >= this.#options.unavailableAfter;
    return lasting ? 'unavailable' : 'reconnecting';
  }

  /**
   * A provider that ended in good order has answered up to the end. One that has not did not hear it
   * and is asked again once: if that brings nothing, there are no words in it.
   */
  #isAllAnswered(endMs: number): boolean {
    const { cursorMs } = this.#transcript;
    if (cursorMs >= endMs - ANSWERED_WITHIN_MS || cursorMs === this.#endedShortAtMs) return true;
    this.#endedShortAtMs = cursorMs;
    return false;
  }

  /** The audio has ended and everything in it is final: nothing is left to reconnect for. */
  #isDone(): boolean {
    return this.#endMs !== null && this.#transcript.cursorMs >= this.#endMs - 1;
  }

  /** Waits; throws `error` if the provider has been down for too long after the end. */
  async #waitBeforeRetry(error: AppError, delayMs: number): Promise<void> {
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

function noWords(): Ending {
  const message = 'The provider hears no words in speech.';
  return { kind: 'suspected', error: new AppError('provider-unavailable', message) };
}

type Settled<T> = { result: T; error: undefined } | { result: undefined; error: unknown };

/** A promise that never rejects, so that it may wait unobserved for a moment. */
function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then(
    (result) => ({ result, error: undefined }),
    (error: unknown) => ({ result: undefined, error: error ?? new Error('Rejected.') }),
  );
}
