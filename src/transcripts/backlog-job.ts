import { enqueueJob } from '../jobs/enqueue-job.ts';
import type { DocumentWriter } from '../store/document-store.ts';

/**
 * Kind of the job that transcribes the audio that a session left unheard; its subject is the session.
 * Stored jobs of earlier releases have this name too, so it stays.
 */
export const BACKLOG_JOB = 'drain';

/** Enqueues the transcription of a session's backlog, due at `now` (epoch milliseconds). */
export function enqueueBacklog(
  writer: DocumentWriter,
  uid: string,
  sessionId: string,
  now: number,
): void {
  enqueueJob(writer, { kind: BACKLOG_JOB, uid, subject: sessionId, dueAt: now }, now);
}
