import type { z } from 'zod';
import { newId } from '../kernel/ids.ts';
import { GLOBAL } from '../model/collection.ts';
import { type JobKind, jobId, jobs } from '../model/jobs.ts';
import type { DocumentWriter } from '../store/document-store.ts';

/** What a job is about. */
export type JobRequest<S extends z.ZodObject> = {
  uid: string;
  /** What it is about; see its kind. */
  subject: string;
  /** Not before this time, epoch milliseconds. Default: now. */
  dueAt?: number;
  /** Runs at most. Default: as many as the handler is registered with. */
  maxAttempts?: number;
} & (Record<never, never> extends z.input<S> ? { payload?: z.input<S> } : { payload: z.input<S> });

/**
 * Asks for a job, as one of the writes of a transaction. It reads nothing, so it conflicts with no
 * other writer. The commit wakes the workers. Asking again for a job that waits moves it to the new
 * `dueAt`; for one that has failed, revives it; for one that runs, makes it run once more afterwards.
 */
export function enqueue<S extends z.ZodObject>(
  writer: DocumentWriter,
  kind: JobKind<S>,
  request: JobRequest<S>,
  now: number,
): void {
  const { uid, subject, dueAt = now, maxAttempts = 0 } = request;
  writer.put(jobs, GLOBAL, {
    id: jobId(kind, uid, subject),
    kind: kind.name,
    uid,
    subject,
    payload: { ...request.payload },
    state: 'waiting',
    dueAt,
    lease: null,
    attempts: 0,
    maxAttempts,
    requestId: newId(),
    lastError: null,
    createdAt: now,
  });
  writer.emit('job-enqueued', {});
}
