import { enqueueJob } from '../jobs/enqueue-job.ts';
import type { DocumentWriter } from '../store/document-store.ts';

/** Kind of the job that ends a live conversation; its subject is the conversation. */
export const FINALISE_JOB = 'finalise';

/**
 * Enqueues the end of a conversation. If the job waits already, its time is changed.
 *
 * @param dueAt when the conversation may end, epoch milliseconds
 */
export function enqueueFinalise(
  writer: DocumentWriter,
  uid: string,
  conversationId: string,
  dueAt: number,
  now: number,
): void {
  enqueueJob(writer, { kind: FINALISE_JOB, uid, subject: conversationId, dueAt }, now);
}
