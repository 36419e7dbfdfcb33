import { enqueue } from '../jobs/enqueue.ts';
import { processJob } from '../model/jobs.ts';
import type { DocumentWriter } from '../store/document-store.ts';

/**
 * Asks for a conversation to be understood, in the transaction that gives it the status
 * `processing`. Asked for again while it runs, it runs once more.
 *
 * @param options.language what to write in, if it is not the user's own; BCP-47
 * @param options.keepsTitle true if a title that is there stays
 */
export function requestProcessing(
  writer: DocumentWriter,
  uid: string,
  conversationId: string,
  now: number,
  options: { language: string | null; keepsTitle: boolean } = { language: null, keepsTitle: false },
): void {
  enqueue(writer, processJob, { uid, subject: conversationId, payload: options }, now);
}
