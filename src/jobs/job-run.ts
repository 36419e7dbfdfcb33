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
  /** Aborted when the run has lost its lease, or at the end of the worker's grace period. */
  readonly signal: AbortSignal;
  /**
   * Makes a transaction depend on this run. It reads, so call it before the first write.
   *
   * @throws AppError `conflict` if another run has taken the job over; nothing is committed then
   */
  assertHeld(tx: Transaction): Promise<void>;
  /**
   * Ends the job in the same commit as the handler's effects. Call it before the first write, or call
   * `assertHeld` there and this any time later. A job that was enqueued again stays waiting.
   */
  finish(tx: Transaction): Promise<void>;
  /** Like `finish`, but the job waits until `dueAt` (epoch milliseconds), with no attempts used. */
  reschedule(tx: Transaction, dueAt: number): Promise<void>;
}

/**
 * Who holds the job. `held`: this run. `again`: it was enqueued again meanwhile and waits; this run may
 * still commit. `lost`: another run, or the job is gone.
 */
export type Holding = 'held' | 'again' | 'lost';

/** A run that holds its job by a lease. */
export class LeasedRun implements JobRun {
  readonly job: JobOf<z.ZodObject>;
  readonly attempt: number;
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #holdings = new WeakMap<Transaction, Holding>();
  #leaseEnd: number;
  #superseded = false;
  #settled = false;

  /** @param job as it was committed, with this run's lease */
  constructor(job: JobOf<z.ZodObject>, clock: Clock) {
    this.job = job;
    this.attempt = job.attempts;
    this.#leaseEnd = job.dueAt;
    this.#clock = clock;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** True once this run has finished or rescheduled the job. */
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

  /** Renews the lease. Returns who holds the job. */
  async renew(tx: Transaction, leaseMs: number): Promise<Holding> {
    const holding = await this.holding(tx);
    if (holding === 'held') {
      const end = this.#clock.now() + leaseMs;
      tx.patch(jobs, GLOBAL, this.job.id, { dueAt: end });
      tx.onCommit(() => {
        this.#leaseEnd = end;
      });
    }
    // It was enqueued again while the lease ran: no other run can have taken it over.
    if (holding === 'again') this.#superseded = true;
    return holding;
  }

  /** Reads the job once in each transaction and returns who holds it. */
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
    // After the lease, another run may have taken the job over before it was enqueued again.
    const sure = this.#superseded || this.#clock.now() < this.#leaseEnd;
    return askedAgain && sure ? 'again' : 'lost';
  }

  #settleWith(tx: Transaction): void {
    tx.onCommit(() => {
      this.#settled = true;
    });
  }
}
