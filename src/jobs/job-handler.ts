import type { z } from 'zod';
import type { BackoffPolicy } from '../kernel/backoff.ts';
import type { AppError } from '../kernel/errors.ts';
import type { Job, JobKind, JobOf } from '../model/jobs.ts';
import type { Transaction } from '../store/document-store.ts';
import type { JobRun } from './job-run.ts';

export type JobHandler<S extends z.ZodObject> = (run: JobRun<S>) => Promise<void>;

/** Called when a job has failed for good, in the commit that marks it so; reads before writes. */
export type OnJobFailed<S extends z.ZodObject> = (
  tx: Transaction,
  job: JobOf<S>,
  error: AppError,
) => Promise<void> | void;

/** How the jobs of one kind are run. */
export interface JobRules {
  /** How long a run holds the job without a renewal, milliseconds; it is renewed while it runs. */
  leaseMs: number;
  /** Runs before the job has failed, unless the job itself says. */
  maxAttempts: number;
  /** Waits between the runs. */
  backoff: BackoffPolicy;
}

export type JobHandlerOptions<S extends z.ZodObject> = JobRules & {
  onFailed: OnJobFailed<S> | null;
};

const DEFAULT_RULES: JobRules = {
  leaseMs: 60_000,
  maxAttempts: 5,
  backoff: { initialMs: 1000, maxMs: 300_000, jitter: 0.5 },
};

/** A handler as the worker sees it: the type of the payload stays inside. */
export interface RegisteredHandler extends JobRules {
  /** Returns the job with its payload read; undefined if the payload does not fit the kind. */
  read(job: Job): JobOf<z.ZodObject> | undefined;
  /** @param run of a job that `read` has returned */
  handle(run: JobRun<z.ZodObject>): Promise<void>;
  /** @param job as `read` has returned it */
  onFailed(tx: Transaction, job: JobOf<z.ZodObject>, error: AppError): Promise<void>;
}

/** Joins a kind to its handler. */
export function registeredHandler<S extends z.ZodObject>(
  kind: JobKind<S>,
  handler: JobHandler<S>,
  { onFailed = null, ...rules }: Partial<JobHandlerOptions<S>>,
): RegisteredHandler {
  return {
    ...DEFAULT_RULES,
    ...rules,
    read: (job) => {
      const { success, data } = kind.payload.safeParse(job.payload);
      return success ? { ...job, payload: data } : undefined;
    },
    // The worker passes only what `read` of the same kind has returned.
    handle: (run) => handler(run as JobRun<S>),
    onFailed: async (tx, job, error) => onFailed?.(tx, job as JobOf<S>, error),
  };
}

/** Returns true if a job has begun as many runs as it may. */
export function isUsedUp(job: Pick<Job, 'attempts' | 'maxAttempts'>, rules: JobRules): boolean {
  return job.attempts >= (job.maxAttempts > 0 ? job.maxAttempts : rules.maxAttempts);
}
