import type { ReplayableAudio } from '../../audio/replayable-audio.ts';
import type { BackoffPolicy } from '../../kernel/backoff.ts';
import { type AppError, describeError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import { Breakers } from '../breaker.ts';
import type { KnownVoice } from '../enrollment-audio.ts';
import { ResumedTranscript } from '../resumed-transcript.ts';
import { RouteChoice, type SttRoute } from '../route-choice.ts';
import type { ProviderEvent, SttEvent } from '../stt-event.ts';
import { type SttMeter, UNMETERED } from '../stt-meter.ts';
import type { StreamStart } from '../stt-provider.ts';
import { BudgetWait } from './budget-wait.ts';
import { ConnectionOpener } from './connection-opener.ts';
import { ProviderNews } from './provider-news.ts';
import { ReturnMoment } from './return-moment.ts';
import { type Ending, type RouteConnection, throwIfAborted } from './route-connection.ts';
import { StreamEnd } from './stream-end.ts';
import { Suspicion } from './suspicion.ts';

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
  const o = { ...RESUMING_DEFAULTS, breakers: new Breakers(), ...options };
  const over = new AbortController();
  const choice = new RouteChoice(routes, o, AbortSignal.any([signal, over.signal]));
  const transcript = new ResumedTranscript(start, o.overlapMs);
  const chain = routes.map(({ provider }) => provider.name);
  const parts = { choice, transcript, signal, chain };
  return new ResumingRun({
    ...parts,
    over,
    unavailableAfter: o.unavailableAfter,
    connections: new ConnectionOpener({ ...o, ...parts }),
    budget: new BudgetWait({ ...parts, meter: o.meter, recheckMs: o.budgetRecheckMs }),
    end: new StreamEnd(audio, start.fromMs, o.drainTimeoutMs),
    suspicion: new Suspicion(choice),
    moment: new ReturnMoment(choice, o),
    news: new ProviderNews(choice, choice.first.provider.name, o.logger),
  }).events();
}

interface ResumingParts {
  choice: RouteChoice;
  transcript: ResumedTranscript;
  connections: ConnectionOpener;
  budget: BudgetWait;
  end: StreamEnd;
  suspicion: Suspicion;
  moment: ReturnMoment;
  news: ProviderNews;
  /** Failures in a row after which the state is `unavailable` instead of `reconnecting`. */
  unavailableAfter: number;
  /** Aborts the stream. */
  signal: AbortSignal;
  /** Is aborted when the stream is over. */
  over: AbortController;
}

/** One stream over all its connections. */
class ResumingRun {
  readonly #o: ResumingParts;
  #failures = 0;

  constructor(parts: ResumingParts) {
    this.#o = parts;
  }

  async *events(): AsyncGenerator<SttEvent, void, undefined> {
    const { budget, choice, over } = this.#o;
    try {
      await budget.begin();
      for (;;) {
        yield* this.#waitForBudget();
        const ending = yield* this.#connection();
        if (ending.kind === 'done' || this.#isDone()) return;
        if (ending.kind === 'left') choice.goTo(ending.to);
        else if (ending.kind !== 'out-of-budget') {
          yield* this.#recover(ending);
          if (this.#isDone()) return;
        }
      }
    } finally {
      over.abort();
    }
  }

  async *#waitForBudget(): AsyncGenerator<SttEvent, void, undefined> {
    const { budget, choice, news, signal } = this.#o;
    try {
      const hasWaited = yield* budget.pass();
      if (!hasWaited) return;
    } catch (error) {
      throwIfAborted(signal);
      throw error;
    }
    choice.startOver();
    news.startOver();
  }

  /** One connection from start to end. */
  async *#connection(): AsyncGenerator<SttEvent, Ending, undefined> {
    const { choice, connections, end, moment, news, transcript } = this.#o;
    const connection = connections.open(choice.current);
    const { audio } = connection;
    try {
      for await (const event of connection.events()) {
        if (event === 'opened') {
          yield* news.connected();
          continue;
        }
        // `yield*` would make promises for each event of the array.
        for (const passed of this.#pass(event, connection)) yield passed;
        if (audio.ended) continue;
        const better = moment.find(event, audio.positionMs - transcript.cursorMs);
        if (better !== null) connection.leaveFor(better);
      }
    } finally {
      end.note(audio.positionMs, audio.ended && audio.cutMs === null);
    }
    return connection.ending;
  }

  /** Takes an event of a connection. Returns those of the stream. */
  #pass(event: ProviderEvent, { audio, route }: RouteConnection): SttEvent[] {
    const { transcript, suspicion } = this.#o;
    const { cursorMs } = transcript;
    if (event.type === 'usage') audio.settle(event.audioMs);
    const passed = transcript.take(event, audio);
    for (const mapped of passed) {
      if (mapped.type === 'transcript-final') {
        suspicion.settle(route, mapped.words.length > 0, transcript.cursorMs);
      }
    }
    if (transcript.cursorMs > cursorMs) this.#progressed();
    return passed;
  }

  #progressed(): void {
    const { choice, connections, end } = this.#o;
    this.#failures = 0;
    connections.progressed();
    end.progressed();
    choice.progressed();
  }

  /** Moves on after a failure: at once to another provider, or after a pause. */
  async *#recover({
    kind,
    error,
  }: Extract<Ending, { error: AppError }>): AsyncGenerator<SttEvent, void, undefined> {
    const { choice, connections, end, news, signal, suspicion } = this.#o;
    this.#failures += 1;
    const reason = describeError(error);
    news.noteFailure(reason);
    if (kind === 'stalled') connections.noteStall();
    const delayMs =
      kind === 'suspected' ? suspicion.begin(end.seenMs, error) : choice.failed(error);
    if (delayMs === 0) return;
    yield* news.report(this.#stateAfter(error), reason);
    try {
      await end.waitBeforeRetry(error, delayMs, signal);
    } catch (thrown) {
      throwIfAborted(signal);
      throw thrown;
    }
  }

  #stateAfter(error: AppError): 'reconnecting' | 'unavailable' {
    const lasting = !error.retryable || this.#failures >= this.#o.unavailableAfter;
    return lasting ? 'unavailable' : 'reconnecting';
  }

  /** The audio has ended and everything in it is final: nothing is left to reconnect for. */
  #isDone(): boolean {
    return this.#o.end.isReached(this.#o.transcript.cursorMs);
  }
}
