import { enqueue } from '../jobs/enqueue.ts';
import { users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import { notifyJob } from '../model/jobs.ts';
import { type NotificationKind, pushSubscriptions } from '../model/notifications/push.ts';
import type { DocumentReader, DocumentWriter } from '../store/document-store.ts';

/**
 * Plans to notify a user, for the commit that writes what the notification is about. It only reads,
 * and returns a function that writes. Without a device nothing is written.
 */
export async function planNotification(
  reader: DocumentReader,
  uid: string,
): Promise<
  (writer: DocumentWriter, kind: NotificationKind, documentId: string, now: number) => void
> {
  const { items } = await reader.query(pushSubscriptions, uid, { query: 'recent', limit: 1 });
  const user = await reader.find(users, GLOBAL, uid);
  const hasPhone = Object.keys(user?.pushTokens ?? {}).length > 0;
  if (items.length === 0 && !hasPhone) return () => undefined;
  return (writer, kind, documentId, now) =>
    enqueue(
      writer,
      notifyJob,
      { uid, subject: `${kind}:${documentId}`, payload: { kind, documentId } },
      now,
    );
}
