import { enqueueJob } from '../jobs/enqueue-job.ts';
import type { DocumentWriter } from '../store/document-store.ts';

/** Kind of the job that understands a conversation; its subject is the conversation. */
export const PROCESS_JOB = 'process';

/**
 * Asks for a conversation to be understood, in the transaction that gives it the status
 * `processing`. Asked for again while it runs, it runs once more.
 *
 * @param options.language what to write in, where it is not the user's own; BCP-47
 * @param options.keepsTitle true where a title that is there stays
 */
export function requestProcessing(
  writer: DocumentWriter,
  uid: string,
  conversationId: string,
  now: number,
  options: { language: string | null; keepsTitle: boolean } = { language: null, keepsTitle: false },
): void {
  const payload = {
    ...(options.language === null ? {} : { language: options.language }),
    ...(options.keepsTitle ? { keepsTitle: true } : {}),
  };
  enqueueJob(writer, { kind: PROCESS_JOB, uid, subject: conversationId, dueAt: now, payload }, now);
}
