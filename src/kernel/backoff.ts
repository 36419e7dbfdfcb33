import { setTimeout as sleep } from 'node:timers/promises';

export interface BackoffPolicy {
  /** First wait, milliseconds. */
  initialMs: number;
  /** Longest wait, milliseconds. */
  maxMs: number;
  /** Share of the wait that is random, 0 to 1. */
  jitter: number;
}

/** Returns the wait before attempt `attempt` (0-based), milliseconds: doubled each time, capped, jittered. */
export function backoffDelay(policy: BackoffPolicy, attempt: number, random = Math.random): number {
  const full = Math.min(policy.maxMs, policy.initialMs * 2 ** attempt);
  return Math.round(full * (1 - policy.jitter + policy.jitter * random()));
}

/** Waits `ms` milliseconds; rejects with an `AbortError` as soon as `signal` is aborted. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal ? { signal } : {});
}
