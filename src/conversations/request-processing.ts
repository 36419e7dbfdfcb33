import { enqueueJob } from '../jobs/enqueue-job.ts';
import type { DocumentWriter } from '../store/document-store.ts';

/** Kind of the job that understands a conversation; its subject is the conversation. */
export const PROCESS_JOB = 'process';

/**
 * Asks for a conversation to be understood, in the transaction that gives it the status
 * `processing`. Asked for again while it runs, it runs once more.
 *
 * @param language what to write in, where it is not the user's own; BCP-47
 */
export function requestProcessing(
  writer: DocumentWriter,
  uid: string,
  conversationId: string,
  now: number,
  language: string | null = null,
): void {
  const payload = language === null ? {} : { language };
  enqueueJob(writer, { kind: PROCESS_JOB, uid, subject: conversationId, dueAt: now, payload }, now);
}
