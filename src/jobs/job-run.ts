import type { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { GLOBAL } from '../model/collection.ts';
import { type Job, type JobOf, jobs } from '../model/jobs.ts';
import type { Transaction } from '../store/document-store.ts';

/** One run of a job, as its handler sees it. */
export interface JobRun<S extends z.ZodObject = z.ZodObject> {
  /** The job as it was when the run began. */
  readonly job: JobOf<S>;
  /** 1 for the first run. */
  readonly attempt: number;
  /** Aborted when the run has lost its lease, or when the worker is closing and has waited enough. */
  readonly signal: AbortSignal;
  /**
   * Makes a transaction depend on this run: where another run has taken the job over, it throws
   * `conflict` and nothing of the transaction is committed. It reads, so it comes before the writes.
   */
  assertHeld(tx: Transaction): Promise<void>;
  /**
   * Ends the job in the same commit as the handler's effects. Call it before the first write, or
   * call `assertHeld` there and this anywhere after. A job that was asked for again stays waiting.
   */
  finish(tx: Transaction): Promise<void>;
  /** Like `finish`, but the job waits until `dueAt` (epoch milliseconds), with no attempts used. */
  reschedule(tx: Transaction, dueAt: number): Promise<void>;
}

/**
 * Whose the job is. `held`: this run's. `again`: it was asked for again meanwhile and waits; this
 * run may still commit. `lost`: another run's, or nobody's any more.
 */
export type Holding = 'held' | 'again' | 'lost';

/** A run that holds the job by its lease. */
export class LeasedRun implements JobRun {
  readonly job: JobOf<z.ZodObject>;
  readonly attempt: number;
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #holdings = new WeakMap<Transaction, Holding>();
  #leaseEnd: number;
  #superseded = false;
  #settled = false;

  /** @param job the job with this run's lease in it, as it was committed */
  constructor(job: JobOf<z.ZodObject>, clock: Clock) {
    this.job = job;
    this.attempt = job.attempts;
    this.#leaseEnd = job.dueAt;
    this.#clock = clock;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** True once the job has been finished or scheduled anew by this run. */
  get settled(): boolean {
    return this.#settled;
  }

  abort(reason: AppError): void {
    this.#controller.abort(reason);
  }

  async assertHeld(tx: Transaction): Promise<void> {
    if ((await this.holding(tx)) === 'lost') {
      throw new AppError('conflict', 'Another run has taken this job over.');
    }
  }

  async finish(tx: Transaction): Promise<void> {
    await this.assertHeld(tx);
    if ((await this.holding(tx)) === 'held') tx.delete(jobs, GLOBAL, this.job.id);
    this.#settleWith(tx);
  }

  async reschedule(tx: Transaction, dueAt: number): Promise<void> {
    await this.assertHeld(tx);
    if ((await this.holding(tx)) === 'held') {
      const fields = {
        state: 'waiting',
        dueAt,
        lease: null,
        attempts: 0,
        lastError: null,
      } as const;
      tx.patch(jobs, GLOBAL, this.job.id, fields);
    }
    this.#settleWith(tx);
  }

  /** Prolongs the lease; answers whose the job is. */
  async renew(tx: Transaction, leaseMs: number): Promise<Holding> {
    const holding = await this.holding(tx);
    if (holding === 'held') {
      const end = this.#clock.now() + leaseMs;
      tx.patch(jobs, GLOBAL, this.job.id, { dueAt: end });
      tx.onCommit(() => {
        this.#leaseEnd = end;
      });
    }
    // What was asked for while the lease ran can no longer be taken over, only run once more.
    if (holding === 'again') this.#superseded = true;
    return holding;
  }

  /** Reads the job, once a transaction. */
  async holding(tx: Transaction): Promise<Holding> {
    const known = this.#holdings.get(tx);
    if (known !== undefined) return known;
    const holding = this.#judge(await tx.find(jobs, GLOBAL, this.job.id));
    this.#holdings.set(tx, holding);
    return holding;
  }

  #judge(current: Job | undefined): Holding {
    if (!current) return 'lost';
    if (current.lease === this.job.lease) return 'held';
    const askedAgain = current.state === 'waiting' && current.requestId !== this.job.requestId;
    // Beyond the lease another run may have taken this request over before it was asked for again.
    const sure = this.#superseded || this.#clock.now() < this.#leaseEnd;
    return askedAgain && sure ? 'again' : 'lost';
  }

  #settleWith(tx: Transaction): void {
    tx.onCommit(() => {
      this.#settled = true;
    });
  }
}
