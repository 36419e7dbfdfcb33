import { enqueue } from '../jobs/enqueue.ts';
import { announceJob } from '../model/jobs.ts';
import type { DocumentWriter } from '../store/document-store.ts';

/**
 * Lets the user's webhooks be told of a conversation that was understood for the first time, in the
 * transaction that says so. Later runs are not told: a receiver would take them for new ones.
 */
export function announceConversation(
  writer: DocumentWriter,
  uid: string,
  id: string,
  now: number,
): void {
  const payload = { of: 'conversation', id } as const;
  enqueue(writer, announceJob, { uid, subject: `conversation:${id}`, payload }, now);
}

/** Lets the user's webhooks be told of the summary of a day, in the transaction that stores it. */
export function announceDaySummary(
  writer: DocumentWriter,
  uid: string,
  id: string,
  now: number,
): void {
  const payload = { of: 'day_summary', id } as const;
  enqueue(writer, announceJob, { uid, subject: `day:${id}`, payload }, now);
}
