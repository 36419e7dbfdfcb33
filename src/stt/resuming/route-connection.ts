import { AppError, toAppError } from '../../kernel/errors.ts';
import type { ConnectionAudio } from '../connection-audio.ts';
import type { SttRoute } from '../route-choice.ts';
import { type StallLimits, StallWatch } from '../stall-watch.ts';
import type { ProviderEvent } from '../stt-event.ts';
import { WordlessWatch } from '../wordless-watch.ts';

/**
 * Why a connection ended: all is final, the budget is used up, it failed, it takes audio and returns nothing
 * (`stalled`; `suspected` if another provider can tell), or a preferred provider replaces it.
 */
export type Ending =
  | { kind: 'done' }
  | { kind: 'out-of-budget' }
  | { kind: 'failed' | 'stalled' | 'suspected'; error: AppError }
  | { kind: 'left'; to: SttRoute };

export interface RouteConnectionOptions {
  route: SttRoute;
  audio: ConnectionAudio;
  limits: StallLimits;
  /** Aborts the stream. */
  signal: AbortSignal;
  /** Aborts this connection, which also follows `signal`. */
  attempt: AbortController;
  /** True if there is another provider that could be asked, at the moment of the call. */
  hasOther(): boolean;
  /** True if a provider that ends in good order has heard all up to the end of the audio. */
  isAllAnswered(endMs: number): boolean;
}

/** One connection of a stream to a provider, from its start to its end. */
export class RouteConnection {
  readonly #o: RouteConnectionOptions;
  #ending: Ending = { kind: 'done' };
  #leavesFor: SttRoute | null = null;

  constructor(options: RouteConnectionOptions) {
    this.#o = options;
  }

  get audio(): ConnectionAudio {
    return this.#o.audio;
  }

  get route(): SttRoute {
    return this.#o.route;
  }

  /** Why it ended; meant for after the last event. */
  get ending(): Ending {
    return this.#ending;
  }

  /** Ends the connection after the event that was read last, in favour of another route. */
  leaveFor(route: SttRoute): void {
    this.#leavesFor = route;
  }

  /**
   * Connects, and gives `opened` once the provider takes audio, then its events.
   *
   * @throws what the source of the audio throws, and `aborted`
   */
  async *events(): AsyncGenerator<ProviderEvent | 'opened', void, undefined> {
    const { route, audio, limits, signal, attempt } = this.#o;
    const watch = new StallWatch(audio, limits, () => attempt.abort());
    // Coded audio is not decoded only to find out whether there is speech in it.
    const isMeasured = route.options.format.encoding === 'pcm-s16le';
    const wordless = new WordlessWatch(audio, isMeasured ? limits.responseTimeoutMs : null);
    const either = AbortSignal.any([signal, attempt.signal]);
    const results = route.provider.transcribe(audio, route.options, either);
    const iterator = results[Symbol.asyncIterator]();
    try {
      let next = settle(iterator.next());
      // A provider asks for audio once it is connected; there may be nothing to hear for long.
      await Promise.race([audio.requested, next]);
      if (audio.isRequested) yield 'opened';
      for (;;) {
        const { result, error } = await next;
        if (result === undefined) throw error;
        if (result.done) break;
        watch.answered();
        yield wordless.take(result.value);
        const left = this.#endingAfterEvent(wordless);
        if (left !== null) {
          this.#ending = left;
          return;
        }
        watch.resume();
        next = settle(iterator.next());
      }
      throwIfAborted(signal);
      this.#ending = this.#endingInOrder(wordless);
    } catch (error) {
      throwIfAborted(signal);
      if (audio.failure !== undefined) throw audio.failure;
      this.#ending = this.#endingByError(error, watch.verdict);
    } finally {
      watch.stop();
      attempt.abort();
      const returned = iterator.return?.();
      if (returned) await settle(returned);
    }
  }

  #endingAfterEvent(wordless: WordlessWatch): Ending | null {
    if (!this.audio.ended && wordless.isSuspicious) return noWords();
    return this.#leavesFor && { kind: 'left', to: this.#leavesFor };
  }

  #endingInOrder(wordless: WordlessWatch): Ending {
    const { audio, hasOther, isAllAnswered } = this.#o;
    if (audio.cutMs !== null) return { kind: 'out-of-budget' };
    if (wordless.isSuspicious && hasOther()) return noWords();
    if (audio.ended && isAllAnswered(audio.positionMs)) return { kind: 'done' };
    const message = 'The provider ended the stream too early.';
    return { kind: 'failed', error: new AppError('provider-unavailable', message) };
  }

  #endingByError(thrown: unknown, verdict: StallWatch['verdict']): Ending {
    const { audio } = this.#o;
    // Words that did not come are heard again once there is a budget.
    if (audio.cutMs !== null) return { kind: 'out-of-budget' };
    if (verdict === null) return { kind: 'failed', error: toAppError(thrown) };
    if (!audio.isRequested) {
      const message = 'The provider has not answered the connection in time.';
      return { kind: 'failed', error: new AppError('timeout', message) };
    }
    return { kind: verdict, error: new AppError('timeout', 'The provider has stopped answering.') };
  }
}

/** @throws `aborted` if the signal is */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError('aborted', 'The transcription was cancelled.');
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
