import { AppError } from '../../kernel/errors.ts';

/** Changes that follow each other this closely are read together. */
const DEBOUNCE_MS = 500;
/** Scheduled work takes at most one part in so many of the time: a long transcript waits longer. */
const DUTY_DIVISOR = 10;
const CONCURRENCY = 2;

type Work = (uid: string, signal: AbortSignal) => Promise<void>;

interface UserTurn {
  /** The work under way and, at most, one more that will begin after it. */
  current: Promise<void>;
  next: Promise<void> | undefined;
}

/**
 * Runs one piece of work per user at a time: whoever asks while it runs shares the run that comes
 * after it. Scheduled runs (`soon`) are debounced, and a few at a time.
 */
export class FeedSchedule {
  readonly #work: Work;
  readonly #onError: (error: unknown) => void;
  readonly #abort = new AbortController();
  readonly #turns = new Map<string, UserTurn>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #due = new Set<string>();
  readonly #durations = new Map<string, number>();
  #running = 0;

  constructor(work: Work, onError: (error: unknown) => void) {
    this.#work = work;
    this.#onError = onError;
  }

  /** A run that begins after this call. */
  run(uid: string): Promise<void> {
    const turn = this.#turns.get(uid);
    if (!turn) return this.#begin(uid, (signal) => this.#timed(uid, signal));
    if (turn.next) return turn.next;
    const next = settled(turn.current).then(() =>
      this.#begin(uid, (signal) => this.#timed(uid, signal)),
    );
    turn.next = next;
    return next;
  }

  /** Runs `work` for the user with nothing else of the user's at the same time. */
  async alone(uid: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    for (;;) {
      const turn = this.#turns.get(uid);
      if (!turn) return this.#begin(uid, work);
      await settled(turn.next ?? turn.current);
    }
  }

  soon(uid: string): void {
    if (this.#abort.signal.aborted || this.#timers.has(uid)) return;
    const delay = Math.max(DEBOUNCE_MS, (this.#durations.get(uid) ?? 0) * DUTY_DIVISOR);
    const timer = setTimeout(() => {
      this.#timers.delete(uid);
      this.#due.add(uid);
      this.#runDue();
    }, delay);
    timer.unref();
    this.#timers.set(uid, timer);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#due.clear();
    await Promise.all([...this.#turns.values()].map((turn) => settled(turn.next ?? turn.current)));
  }

  #runDue(): void {
    for (const uid of this.#due) {
      if (this.#running >= CONCURRENCY || this.#abort.signal.aborted) return;
      this.#due.delete(uid);
      this.#running += 1;
      this.run(uid)
        .catch((error: unknown) => {
          if (!this.#abort.signal.aborted) this.#onError(error);
        })
        .finally(() => {
          this.#running -= 1;
          this.#runDue();
        });
    }
  }

  #begin(uid: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#abort.signal.aborted) {
      return Promise.reject(new AppError('aborted', 'The search index is closed.'));
    }
    const turn: UserTurn = { current: work(this.#abort.signal), next: undefined };
    this.#turns.set(uid, turn);
    const end = () => {
      if (this.#turns.get(uid) === turn && turn.next === undefined) this.#turns.delete(uid);
    };
    turn.current.then(end, end);
    return turn.current;
  }

  async #timed(uid: string, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    await this.#work(uid, signal);
    const took = performance.now() - started;
    if (took * DUTY_DIVISOR > DEBOUNCE_MS) this.#durations.set(uid, took);
    else this.#durations.delete(uid);
  }
}

/** Resolves when the promise has, one way or the other. */
function settled(promise: Promise<void>): Promise<void> {
  return promise.then(
    () => undefined,
    () => undefined,
  );
}
