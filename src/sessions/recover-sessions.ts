import type { AudioLog } from '../audio/audio-log.ts';
import { enqueue } from '../jobs/enqueue.ts';
import type { Clock } from '../kernel/clock.ts';
import { GLOBAL } from '../model/collection.ts';
import { conversations } from '../model/conversations/conversation.ts';
import { type ListenSession, listenSessions } from '../model/conversations/listen-session.ts';
import { backlogJob, finaliseJob, jobId, jobs, processJob } from '../model/jobs.ts';
import type { ProcessRegistry } from '../processes/process-registry.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { enqueueBacklog } from '../transcripts/backlog-job.ts';
import { takeSession } from '../transcripts/session-lease.ts';
import { endCallConversation } from './call-conversation.ts';
import { loggedFormat } from './open-stt.ts';

export interface RecoverOptions {
  store: DocumentStore;
  audioLog: AudioLog;
  processes: Pick<ProcessRegistry, 'id' | 'isAlive'>;
  clock: Clock;
}

/** What was found unfinished. */
export interface Recovered {
  sessions: number;
  conversations: number;
}

/**
 * After a start, and after another process has died: sessions that a dead process left open are taken
 * and drained, and every conversation that is not at its end has the job that takes it there. What
 * living processes hold is left to them. Doing it twice does no harm.
 */
export async function recoverSessions(options: RecoverOptions): Promise<Recovered> {
  const found = { sessions: 0, conversations: 0 };
  for (const uid of await options.store.listOwners()) {
    if (uid === GLOBAL) continue;
    const held = new Set<string>();
    const all = queryAll(options.store, listenSessions, uid, { query: 'ofConversation' });
    for await (const session of all) {
      // Its words are stored, and its own job waits.
      if (session.state === 'recording') continue;
      if (session.stream && session.streamId === null) await noteStream(session, options);
      if (session.state === 'open' && options.processes.isAlive(session.instanceId)) {
        held.add(session.conversationId);
        continue;
      }
      found.sessions += 1;
      await recoverSession(session, options);
    }
    found.conversations += await rearm(uid, held, options);
  }
  return found;
}

/** A session of a release that did not query by stream. */
async function noteStream(
  { uid, id, stream }: ListenSession,
  { store }: RecoverOptions,
): Promise<void> {
  await store.transact((tx) => {
    tx.patch(listenSessions, uid, id, { streamId: stream?.id ?? null });
  });
}

async function recoverSession(session: ListenSession, options: RecoverOptions): Promise<void> {
  const { store, audioLog, clock, processes } = options;
  const { uid, id } = session;
  if (session.state === 'open') {
    // How much its process had written down, if that is on this disk.
    const audio = await audioLog.reopen(uid, id, loggedFormat(session));
    await takeSession(store, session, audio.endMs > 0 ? audio.endMs : null, clock.now());
    return;
  }
  // Now, whenever it was to be tried again: its provider may be there in this process' life.
  const now = clock.now();
  if (!processes.isAlive(session.instanceId)) {
    await store.transact((tx) => enqueueBacklog(tx, uid, id, now));
  } else await ensureJob(store, backlogJob, { uid, subject: id }, now);
}

/** @param held the conversations that a living process has a session of */
async function rearm(
  uid: string,
  held: ReadonlySet<string>,
  options: RecoverOptions,
): Promise<number> {
  const { store, clock } = options;
  let count = 0;
  for await (const conversation of queryAll(store, conversations, uid, {
    query: 'recent',
    filters: { status: ['in_progress', 'processing'] },
  })) {
    count += 1;
    // The connection that it belonged to is over.
    if (conversation.exclusive && !held.has(conversation.id)) {
      await endCallConversation(options, uid, conversation.id);
    }
    const kind = conversation.status === 'in_progress' ? finaliseJob : processJob;
    await ensureJob(store, kind, { uid, subject: conversation.id }, clock.now());
  }
  return count;
}

async function ensureJob(
  store: DocumentStore,
  kind: typeof backlogJob | typeof finaliseJob | typeof processJob,
  request: { uid: string; subject: string },
  now: number,
): Promise<void> {
  await store.transact(async (tx) => {
    const existing = await tx.find(jobs, GLOBAL, jobId(kind, request.uid, request.subject));
    if (!existing) enqueue(tx, kind, request, now);
  });
}
