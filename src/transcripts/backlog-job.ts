import { enqueue } from '../jobs/enqueue.ts';
import { backlogJob } from '../model/jobs.ts';
import type { DocumentWriter } from '../store/document-store.ts';

/** Enqueues the transcription of a session's backlog, due at `now` (epoch milliseconds). */
export function enqueueBacklog(
  writer: DocumentWriter,
  uid: string,
  sessionId: string,
  now: number,
): void {
  enqueue(writer, backlogJob, { uid, subject: sessionId }, now);
}
