/**
 * What happened inside this process, for those who show it to somebody. Nothing durable depends on
 * these: work that must happen is a job.
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
  /** Something searchable of this user has changed. */
  'search-changed': { uid: string };
};
