import type { ChangeKind } from './collection.ts';

/**
 * What happened, for listeners that show it to a client. Processes that share a cache receive each
 * other's events. Nothing durable depends on them: work that must happen is a job.
 */
export type DomainEvents = {
  /** A live conversation has ended; without content it was deleted. */
  'conversation-closed': { uid: string; conversationId: string; hasContent: boolean };
  /** Processing has ended, as `completed` or `failed`. */
  'conversation-processed': {
    uid: string;
    conversationId: string;
    status: 'completed' | 'failed';
  };
  /** A vision model has described a photo. */
  'photo-described': {
    uid: string;
    conversationId: string;
    photoId: string;
    description: string;
    discarded: boolean;
  };
  /** A job was enqueued; workers poll for it. */
  'job-enqueued': Record<never, never>;
  /** Something searchable of this user has changed. */
  'search-changed': { uid: string };
  /** Documents of a user that clients show were written or deleted by one commit. */
  'documents-changed': { uid: string; changes: readonly { kind: ChangeKind; id: string }[] };
  /** Another process has taken over a listen session; its former owner stops. */
  'session-taken': { uid: string; sessionId: string };
  /** The account is being deleted: every session of the user ends. */
  'sessions-revoked': { uid: string };
  /** Processes with sessions of the user store their last words and emit `flush-done`. */
  'flush-requested': { uid: string; conversationId: string; requestId: string };
  'flush-done': { requestId: string };
  /** The stored settings of the server have changed; processes poll for it. */
  'server-settings-changed': Record<never, never>;
};

/** Events that are relayed to other processes. Those of jobs are not: see `shareWakeUps`. */
export const SHARED_EVENTS = [
  'conversation-closed',
  'conversation-processed',
  'photo-described',
  'search-changed',
  'documents-changed',
  'session-taken',
  'sessions-revoked',
  'flush-requested',
  'flush-done',
  'server-settings-changed',
] as const satisfies readonly (keyof DomainEvents)[];
