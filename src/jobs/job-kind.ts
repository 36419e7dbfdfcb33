import type { BackoffPolicy } from '../kernel/backoff.ts';
import type { AppError } from '../kernel/errors.ts';
import type { Job } from '../model/job.ts';
import type { Transaction } from '../store/document-store.ts';
import type { JobRun } from './job-run.ts';

export type JobHandler = (run: JobRun) => Promise<void>;

/** Called when a job has failed for good, in the commit that marks it so; reads before writes. */
export type OnJobFailed = (tx: Transaction, job: Job, error: AppError) => Promise<void> | void;

export interface JobKindOptions {
  /** How long a run holds the job without a sign of life, milliseconds; renewed while it runs. */
  leaseMs: number;
  /** Runs before the job has failed, unless the job itself says. */
  maxAttempts: number;
  /** Waits between the runs. */
  backoff: BackoffPolicy;
  onFailed: OnJobFailed | null;
}

/** A kind of jobs and who does them. */
export interface JobKind extends JobKindOptions {
  handler: JobHandler;
}

export const DEFAULT_JOB_OPTIONS: JobKindOptions = {
  leaseMs: 60_000,
  maxAttempts: 5,
  backoff: { initialMs: 1000, maxMs: 300_000, jitter: 0.5 },
  onFailed: null,
};

/** True where a job has begun as many runs as it may. */
export function isUsedUp(job: Job, kind: JobKindOptions): boolean {
  return job.attempts >= (job.maxAttempts > 0 ? job.maxAttempts : kind.maxAttempts);
}
