import { newId } from '../kernel/ids.ts';
import { GLOBAL } from '../model/collection.ts';
import { jobs } from '../model/job.ts';
import type { DocumentWriter } from '../store/document-store.ts';

export interface JobRequest {
  /** Which handler does it. */
  kind: string;
  /** The user it is about. */
  uid: string;
  /** What it is about, by kind. */
  subject: string;
  /** Not before this time, epoch milliseconds. */
  dueAt: number;
  /** What the handler needs besides; plain JSON. */
  payload?: Record<string, unknown>;
  /** Runs at most; unless given, as many as the handler is registered with. */
  maxAttempts?: number;
}

/** The id of the one job of that kind about that subject. */
export function jobId(kind: string, uid: string, subject: string): string {
  return `${kind}:${uid}:${subject}`;
}

/**
 * Asks for a job, as one of the writes of a transaction; it reads nothing, so it conflicts with
 * nobody. Asking again for what waits moves it to the new `dueAt`; for what has failed, revives it;
 * for what is running, makes it run once more afterwards.
 */
export function enqueueJob(writer: DocumentWriter, request: JobRequest, now: number): void {
  writer.put(jobs, GLOBAL, {
    id: jobId(request.kind, request.uid, request.subject),
    kind: request.kind,
    uid: request.uid,
    subject: request.subject,
    payload: request.payload ?? {},
    state: 'waiting',
    dueAt: request.dueAt,
    lease: null,
    attempts: 0,
    maxAttempts: request.maxAttempts ?? 0,
    requestId: newId(),
    lastError: null,
    createdAt: now,
  });
}
