import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { backoffDelay } from '../kernel/backoff.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import { AppError, toAppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Logger } from '../kernel/logger.ts';
import { NO_TRACING, type SpanStart, type Tracing } from '../kernel/tracing.ts';
import { GLOBAL } from '../model/collection.ts';
import { type Job, type JobKind, type JobOf, jobs } from '../model/jobs.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore, Transaction } from '../store/document-store.ts';
import {
  isUsedUp,
  type JobHandler,
  type JobHandlerOptions,
  type JobRules,
  type RegisteredHandler,
  registeredHandler,
} from './job-handler.ts';
import { errorFields, jobFields, reasonOf } from './job-log.ts';
import { LeasedRun } from './job-run.ts';
import { PermanentJobError } from './permanent-job-error.ts';

export interface JobWorkerOptions {
  store: DocumentStore;
  logger: Logger;
  clock?: Clock;
  /** Records each run; absent: nothing is recorded. */
  tracing?: Tracing;
  /** Handlers that run at the same time. */
  concurrency?: number;
  /** Longest time between two polls of the store, so also until a job of another process is seen. */
  pollMs?: number;
  /** How long `close` waits before it aborts handlers, and then again before it leaves them. */
  graceMs?: number;
}

export interface JobStats {
  /** Jobs that are due and do not run here, counted up to 1000. */
  waiting: number;
  /** Handlers that run in this process now. */
  running: number;
  /** Runs in this process since its start, by outcome. */
  succeeded: number;
  retried: number;
  failed: number;
}

/** Longest wait that an error's `retryAfterMs` can cause, milliseconds. */
const LONGEST_ASKED_WAIT_MS = 15 * 60_000;

const DUE_STATES = ['waiting', 'running'] as const;

/**
 * Runs the jobs that are due, in one process or in several that share a store. A run holds its job by
 * a lease. If the process dies, the lease ends and another run begins, so a job runs at least once.
 * What a handler commits together with `run.finish` happens exactly once.
 */
export class JobWorker {
  readonly #store: DocumentStore;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #tracing: Tracing;
  readonly #concurrency: number;
  readonly #pollMs: number;
  readonly #graceMs: number;
  readonly #handlers = new Map<string, RegisteredHandler>();
  readonly #ignoreEnqueued: () => void;
  readonly #active = new Map<string, { run: LeasedRun; done: Promise<void> }>();
  readonly #unknownKinds = new Set<string>();
  readonly #counts = { succeeded: 0, retried: 0, failed: 0 };
  #accepts: (job: Job) => boolean = () => true;
  #state: 'new' | 'started' | 'closing' = 'new';
  #closed: Promise<void> | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: JobWorkerOptions) {
    this.#store = options.store;
    this.#logger = options.logger;
    this.#clock = options.clock ?? systemClock;
    this.#tracing = options.tracing ?? NO_TRACING;
    this.#concurrency = options.concurrency ?? 4;
    this.#pollMs = options.pollMs ?? 5000;
    this.#graceMs = options.graceMs ?? 5000;
    this.#ignoreEnqueued = options.store.events.on('job-enqueued', () => this.wake());
  }

  /** Registers who runs the jobs of a kind. Call it before `start`. */
  register<S extends z.ZodObject>(
    kind: JobKind<S>,
    handler: JobHandler<S>,
    options: Partial<JobHandlerOptions<S>> = {},
  ): void {
    if (this.#handlers.has(kind.name)) {
      throw new AppError('internal', `Two handlers for jobs "${kind.name}".`);
    }
    this.#handlers.set(kind.name, registeredHandler(kind, handler, options));
  }

  /** @param accepts which jobs this process runs; a command beside a server runs only its own */
  start(accepts: (job: Job) => boolean = () => true): void {
    if (this.#state !== 'new') return;
    this.#state = 'started';
    this.#accepts = accepts;
    this.wake();
  }

  /** Polls the store for due jobs now. */
  wake(): void {
    if (this.#state !== 'started') return;
    this.#lookAgain = true;
    this.#looking ??= this.#look();
  }

  async stats(): Promise<JobStats> {
    const page = await this.#store.query(jobs, GLOBAL, {
      query: 'due',
      filters: { state: DUE_STATES },
      to: this.#clock.now(),
      limit: 1000,
    });
    const waiting = page.items.filter((job) => !this.#active.has(job.id)).length;
    return { waiting, running: this.#active.size, ...this.#counts };
  }

  /**
   * Takes no more jobs and waits for those that run. After the grace period their signals are
   * aborted; a job that then gives up waits for the next start, and this run is not counted.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#state = 'closing';
    this.#ignoreEnqueued();
    clearTimeout(this.#timer);
    await this.#looking;
    if (await this.#activeEnd()) return;
    for (const { run } of this.#active.values()) {
      run.abort(new AppError('aborted', 'The server is shutting down.'));
    }
    if (await this.#activeEnd()) return;
    this.#logger.warn(
      { running: this.#active.size },
      'jobs did not stop in time, their leases will expire',
    );
  }

  /** Returns true if every active run ends within the grace period. */
  async #activeEnd(): Promise<boolean> {
    const timer = new AbortController();
    const ends = Promise.all([...this.#active.values()].map(({ done }) => done));
    const expired = sleep(this.#graceMs, false, { signal: timer.signal }).catch(() => false);
    const ended = await Promise.race([ends.then(() => true), expired]);
    timer.abort();
    return ended;
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    let waitMs = this.#pollMs;
    try {
      let lookedUntil = this.#clock.now();
      while (this.#lookAgain && this.#state === 'started') {
        this.#lookAgain = false;
        lookedUntil = this.#clock.now();
        await this.#takeDue(lookedUntil);
      }
      waitMs = await this.#untilNextDue(lookedUntil);
    } catch (error) {
      this.#logger.error(errorFields(error), 'polling for due jobs failed');
    }
    this.#looking = undefined;
    if (this.#state !== 'started') return;
    if (this.#lookAgain) {
      this.wake();
      return;
    }
    this.#timer = setTimeout(() => this.wake(), waitMs);
    this.#timer.unref();
  }

  /** @param now what is due until then is taken, epoch milliseconds */
  async #takeDue(now: number): Promise<void> {
    const free = this.#concurrency - this.#active.size;
    if (free <= 0) return;
    const due: Job[] = [];
    const request = { query: 'due', filters: { state: DUE_STATES }, to: now } as const;
    const pageSize = free + this.#active.size;
    for await (const job of queryAll(this.#store, jobs, GLOBAL, request, pageSize)) {
      // A job that was enqueued again while it runs here is taken when that run has ended.
      if (this.#active.has(job.id) || !this.#accepts(job) || !this.#isKnown(job.kind)) continue;
      due.push(job);
      if (due.length === free) break;
    }
    const takes = await Promise.all(due.map((job) => this.#tryTake(job)));
    if (takes.includes(true) && this.#active.size < this.#concurrency) this.#lookAgain = true;
  }

  #isKnown(kind: string): boolean {
    if (this.#handlers.has(kind)) return true;
    if (!this.#unknownKinds.has(kind)) {
      this.#unknownKinds.add(kind);
      this.#logger.warn({ kind }, 'no handler for this kind of job');
    }
    return false;
  }

  /**
   * How long to wait for the next job, milliseconds; 0 if one has become due since `lookedUntil`, while it
   * was looked for others.
   */
  async #untilNextDue(lookedUntil: number): Promise<number> {
    const page = await this.#store.query(jobs, GLOBAL, {
      query: 'due',
      filters: { state: DUE_STATES },
      from: lookedUntil + 1,
      limit: 1,
    });
    const next = page.items[0];
    // The end of a run wakes a worker that can take no more.
    if (next === undefined || this.#active.size >= this.#concurrency) return this.#pollMs;
    return Math.max(0, Math.min(this.#pollMs, next.dueAt - this.#clock.now()));
  }

  /** Returns false if it failed: polling again at once would fail as well. */
  async #tryTake(job: Job): Promise<boolean> {
    try {
      await this.#take(job.id);
      return true;
    } catch (error) {
      this.#logger.error({ ...jobFields(job), ...errorFields(error) }, 'taking a job failed');
      return false;
    }
  }

  /** Takes the lease, unless another worker was faster, and begins the run. */
  async #take(id: string): Promise<void> {
    const taken = await this.#store.transact(async (tx) => {
      const job = await tx.find(jobs, GLOBAL, id);
      const now = this.#clock.now();
      const handler = job && this.#handlers.get(job.kind);
      if (!handler || job.state === 'failed' || job.dueAt > now) return undefined;
      const known = handler.read(job);
      if (!known) {
        this.#markFailed(
          tx,
          id,
          new AppError('internal', 'The payload does not fit the kind of job.'),
        );
        return undefined;
      }
      if (job.state === 'running' && isUsedUp(job, handler)) {
        const reason = new AppError('aborted', 'The server stopped during every run.');
        await this.#fail(tx, known, handler, reason);
        return undefined;
      }
      const fields = {
        state: 'running',
        lease: newId(),
        dueAt: now + handler.leaseMs,
        attempts: job.attempts + 1,
      } as const;
      tx.patch(jobs, GLOBAL, id, fields);
      return { handler, job: { ...known, ...fields } };
    });
    if (!taken) return;
    const run = new LeasedRun(taken.job, this.#clock);
    const done = this.#run(run, taken.handler).finally(() => {
      this.#active.delete(id);
      this.wake();
    });
    this.#active.set(id, { run, done });
  }

  /** Never rejects. */
  async #run(run: LeasedRun, handler: RegisteredHandler): Promise<void> {
    const renewal = this.#renewRegularly(run, handler.leaseMs);
    try {
      try {
        await this.#tracing.run(spanOf(run), () => handler.handle(run));
        if (!run.settled) await this.#store.transact((tx) => run.finish(tx));
        this.#counts.succeeded += 1;
      } catch (error) {
        await this.#onError(run, handler, error);
      }
    } catch (error) {
      // The store is unreachable: the lease ends by itself and the job runs again.
      this.#logger.error(
        { ...jobFields(run.job), ...errorFields(error) },
        'job could not be finished',
      );
    } finally {
      clearInterval(renewal);
    }
  }

  #renewRegularly(run: LeasedRun, leaseMs: number): NodeJS.Timeout {
    const renew = async (): Promise<void> => {
      try {
        const holding = await this.#store.transact((tx) => run.renew(tx, leaseMs));
        if (holding === 'held') return;
        clearInterval(timer);
        if (holding === 'lost' && !run.settled) {
          run.abort(new AppError('conflict', 'Another run has taken this job over.'));
        }
      } catch (error) {
        this.#logger.warn(
          { ...jobFields(run.job), ...errorFields(error) },
          'renewing a lease failed',
        );
      }
    };
    const timer = setInterval(() => void renew(), Math.max(1, Math.floor(leaseMs / 3)));
    timer.unref();
    return timer;
  }

  async #onError(run: LeasedRun, handler: RegisteredHandler, thrown: unknown): Promise<void> {
    const error = toAppError(thrown);
    const fields = { ...jobFields(run.job), ...errorFields(thrown), attempt: run.attempt };
    if (run.settled) {
      this.#counts.succeeded += 1;
      this.#logger.error(fields, 'handler failed after its job was finished');
      return;
    }
    const verdict = await this.#store.transact(async (tx) => {
      if ((await run.holding(tx)) !== 'held') return 'lost';
      if (this.#state === 'closing' && run.signal.aborted) {
        const now = this.#clock.now();
        const attempts = run.attempt - 1;
        tx.patch(jobs, GLOBAL, run.job.id, { state: 'waiting', lease: null, dueAt: now, attempts });
        return 'released';
      }
      if (isUsedUp(run.job, handler) || thrown instanceof PermanentJobError) {
        await this.#fail(tx, run.job, handler, error);
        return 'failed';
      }
      tx.patch(jobs, GLOBAL, run.job.id, {
        state: 'waiting',
        lease: null,
        dueAt: this.#clock.now() + delayAfter(error, handler, run.attempt - 1),
        lastError: reasonOf(error),
      });
      return 'retried';
    });
    if (verdict === 'retried') this.#counts.retried += 1;
    this.#logger.warn({ ...fields, verdict }, 'job run failed');
  }

  async #fail(
    tx: Transaction,
    job: JobOf<z.ZodObject>,
    handler: RegisteredHandler,
    error: AppError,
  ): Promise<void> {
    await handler.onFailed(tx, { ...job, ...failedFields(error) }, error);
    this.#markFailed(tx, job.id, error);
  }

  #markFailed(tx: Transaction, id: string, error: AppError): void {
    tx.patch(jobs, GLOBAL, id, failedFields(error));
    tx.onCommit(() => {
      this.#counts.failed += 1;
    });
  }
}

function spanOf({ job, attempt }: LeasedRun): SpanStart {
  const facts = { 'omi.job.kind': job.kind, 'omi.job.attempt': attempt };
  return { name: `job ${job.kind}`, kind: 'consumer', isRoot: true, facts };
}

function failedFields(error: AppError) {
  return { state: 'failed', lease: null, lastError: reasonOf(error) } as const;
}

/**
 * Returns how long a job waits after a failed run, milliseconds. If the error says when to retry, it is
 * that time plus some jitter, so that jobs that were refused together do not return together.
 */
function delayAfter(error: AppError, rules: JobRules, failedBefore: number): number {
  if (error.retryAfterMs === null) return backoffDelay(rules.backoff, failedBefore);
  const asked = Math.min(error.retryAfterMs, LONGEST_ASKED_WAIT_MS);
  return asked + Math.round(Math.random() * Math.min(1_000, asked / 2));
}
