import type { NotificationKind } from '../model/notifications/push.ts';
import type { DocumentReader, Transaction } from '../store/document-store.ts';

/**
 * What became of a message. `gone`: the device takes no more. `not-sent`: the push service has not taken it
 * and may later. `unknown`: it may have taken it.
 */
export type PushOutcome = 'sent' | 'gone' | 'not-sent' | 'refused' | 'unknown';

export interface PushResult {
  outcome: PushOutcome;
  /** When to try again, as the push service asks, milliseconds; null if it does not. */
  retryAfterMs: number | null;
}

/** A notification as devices show it. */
export interface NotificationMessage {
  /** The same for every device of the user. */
  id: string;
  kind: NotificationKind;
  title: string;
  body: string;
  /** Page of the console that it opens. */
  path: string;
  /** Id of the document that it is about. */
  documentId: string;
}

/** One way to reach devices of users. */
export interface NotificationChannel {
  /** Ids of a user's devices that this channel reaches; no other channel has the same. */
  devices(reader: DocumentReader, uid: string): Promise<string[]>;
  /** Returns what sends to a device, null if it is none of this channel's. */
  sendTo(
    reader: DocumentReader,
    uid: string,
    device: string,
  ): Promise<((message: NotificationMessage, signal: AbortSignal) => Promise<PushResult>) | null>;
  /** Reads, and returns what removes a device that takes no more. */
  planRemoval(tx: Transaction, uid: string, device: string): Promise<() => void>;
}
