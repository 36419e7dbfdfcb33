import { enqueueJob } from '../jobs/enqueue-job.ts';
import type { DocumentWriter } from '../store/document-store.ts';

/** Kind of the job that transcribes what a session left behind; its subject is the session. */
export const DRAIN_JOB = 'drain';

/** Enqueues the transcription of a session's backlog, due at `now` (epoch milliseconds). */
export function enqueueDrain(
  writer: DocumentWriter,
  uid: string,
  sessionId: string,
  now: number,
): void {
  enqueueJob(writer, { kind: DRAIN_JOB, uid, subject: sessionId, dueAt: now }, now);
}
