/**
 * What happened, for those who show it to somebody. Processes that share a cache hear each other's;
 * nothing durable depends on these: work that must happen is a job.
 */
export type DomainEvents = {
  /** A live conversation takes no new words any more; without content it has been removed. */
  'conversation-closed': { uid: string; conversationId: string; hasContent: boolean };
  /** Processing has ended, as `completed` or `failed`. */
  'conversation-processed': {
    uid: string;
    conversationId: string;
    status: 'completed' | 'failed';
  };
  /** A vision model is done with a photo. */
  'photo-described': {
    uid: string;
    conversationId: string;
    photoId: string;
    description: string;
    discarded: boolean;
  };
  /** A job was asked for: the workers look for it. */
  'job-enqueued': Record<never, never>;
  /** Something searchable of this user has changed. */
  'search-changed': { uid: string };
  /** Another process has taken a listen session over; its old owner stops. */
  'session-taken': { uid: string; sessionId: string };
  /** The account is being deleted: every session of the user ends. */
  'sessions-revoked': { uid: string };
  /** Whoever has sessions of the user gets their last words into the store, and says so. */
  'flush-requested': { uid: string; requestId: string };
  'flush-done': { requestId: string };
};

/** Events that are relayed to other processes. Those of jobs are not: see `shareWakeUps`. */
export const SHARED_EVENTS = [
  'conversation-closed',
  'conversation-processed',
  'photo-described',
  'search-changed',
  'session-taken',
  'sessions-revoked',
  'flush-requested',
  'flush-done',
] as const satisfies readonly (keyof DomainEvents)[];
