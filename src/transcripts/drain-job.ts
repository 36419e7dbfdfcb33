import { enqueue } from '../jobs/enqueue.ts';
import { drainJob } from '../model/jobs.ts';
import type { DocumentWriter } from '../store/document-store.ts';

/** Enqueues the transcription of a session's backlog, due at `now` (epoch milliseconds). */
export function enqueueDrain(
  writer: DocumentWriter,
  uid: string,
  sessionId: string,
  now: number,
): void {
  enqueue(writer, drainJob, { uid, subject: sessionId }, now);
}
