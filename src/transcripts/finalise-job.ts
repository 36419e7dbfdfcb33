import { enqueue } from '../jobs/enqueue.ts';
import { finaliseJob } from '../model/jobs.ts';
import type { DocumentWriter } from '../store/document-store.ts';

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
  enqueue(writer, finaliseJob, { uid, subject: conversationId, dueAt }, now);
}
