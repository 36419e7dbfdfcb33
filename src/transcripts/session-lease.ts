import { AppError } from '../kernel/errors.ts';
import { type ListenSession, listenSessions } from '../model/listen-session.ts';
import type { DocumentStore, Transaction } from '../store/document-store.ts';
import { noteStreamEnd } from './audio-stream-end.ts';
import { enqueueBacklog } from './backlog-job.ts';

/** What a commit of a session claims: that the session is still its own. */
export interface SessionLease {
  id: string;
  epoch: number;
}

/** Thrown where a session has been taken over, or removed: its old owner stops and writes no more. */
export class SessionTakenError extends AppError {
  constructor() {
    super('conflict', 'The session goes on elsewhere.', { retryable: false });
    this.name = 'SessionTakenError';
  }
}

/** The stored session, in the transaction that writes in its name. @throws SessionTakenError */
export async function assertSessionHeld(
  tx: Transaction,
  uid: string,
  { id, epoch }: SessionLease,
): Promise<ListenSession> {
  const session = await tx.find(listenSessions, uid, id);
  if (session?.epoch !== epoch) throw new SessionTakenError();
  return session;
}

/** Changes a session in the name of its owner. @throws SessionTakenError */
export function patchHeldSession(
  store: DocumentStore,
  uid: string,
  lease: SessionLease,
  fields: Partial<Omit<ListenSession, 'id' | 'epoch'>>,
): Promise<void> {
  return store.transact(async (tx) => {
    await assertSessionHeld(tx, uid, lease);
    tx.patch(listenSessions, uid, lease.id, fields);
  });
}

/**
 * Takes an open session from its owner, and has its unheard tail transcribed by a job. False where it
 * was no longer open, or is not what was expected.
 */
export function takeSession(
  store: DocumentStore,
  found: ListenSession,
  audioEndMs: number | null,
  now: number,
): Promise<boolean> {
  const { uid, id } = found;
  return store.transact(async (tx) => {
    const session = await tx.find(listenSessions, uid, id);
    if (session?.state !== 'open' || session.epoch !== found.epoch) return false;
    tx.patch(listenSessions, uid, id, {
      state: 'draining',
      epoch: session.epoch + 1,
      audioEndMs: session.audioEndMs ?? audioEndMs,
      drainingSince: now,
    });
    if (audioEndMs !== null) noteStreamEnd(tx, session, audioEndMs, now);
    enqueueBacklog(tx, uid, id, now);
    return true;
  });
}
