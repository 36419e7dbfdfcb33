import type { AudioFormat } from '../audio/audio-format.ts';
import type { AudioLog } from '../audio/audio-log.ts';
import type { SessionAudio } from '../audio/session-audio.ts';
import type { BlobStore } from '../blob/blob-store.ts';
import { conversationFolder } from '../conversations/recording-keys.ts';
import { enqueue } from '../jobs/enqueue.ts';
import type { JobRun } from '../jobs/job-run.ts';
import type { Clock } from '../kernel/clock.ts';
import { mayRecord, users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import { type ListenSession, listenSessions } from '../model/conversations/listen-session.ts';
import { type Recording, recordings } from '../model/conversations/recording.ts';
import { recordJob } from '../model/jobs.ts';
import type { DocumentStore, DocumentWriter, Transaction } from '../store/document-store.ts';
import { recordingFile, stretchesOf } from './recording-files.ts';
import type { SessionLogs } from './session-logs.ts';

export interface RecordOptions {
  store: DocumentStore;
  audioLog: AudioLog;
  blobs: BlobStore;
  clock: Clock;
  /** What the frames of a session's log are. */
  formatOf(session: { codec: string; sampleRate: number }): AudioFormat;
  /** Who has the log of a session. */
  logs: SessionLogs;
}

/**
 * If all words of a session are stored: hands its audio to the recording, or forgets the session.
 * Returns whether its log may be deleted once the transaction is committed.
 */
export function settleSession(
  writer: DocumentWriter,
  session: Pick<ListenSession, 'id' | 'uid' | 'keepRecording'>,
  transcribedMs: number,
  now: number,
): boolean {
  const { id, uid } = session;
  if (!session.keepRecording) {
    writer.delete(listenSessions, uid, id);
    return true;
  }
  writer.patch(listenSessions, uid, id, { state: 'recording', transcribedMs });
  enqueue(writer, recordJob, { uid, subject: id }, now);
  return false;
}

/**
 * Makes files of the log of a session, one for each stretch of each conversation, and then lets the
 * log go. Ids and keys come from the session, so that a run that is repeated writes the same again;
 * the job outlives its commit, so that the log goes although the process may die in between.
 */
export async function recordSession(run: JobRun, options: RecordOptions): Promise<void> {
  const { store, audioLog, blobs } = options;
  const { uid, subject: id } = run.job;
  const session = await store.find(listenSessions, uid, id);
  if (session === undefined) {
    // A run before this one has stored the recording and died before it let the log go.
    await audioLog.delete(uid, id);
    return;
  }
  if (session.state !== 'recording') return;
  const waitUntil = await options.logs.claim(session);
  if (waitUntil !== null) {
    await store.transact((tx) => run.reschedule(tx, waitUntil));
    return;
  }
  const audio = await audioLog.reopen(uid, id, options.formatOf(session));
  const made: Recording[] = [];
  if (mayRecord(await store.find(users, GLOBAL, uid))) {
    for (const [i, span] of session.spans.entries()) {
      if (!(await store.find(conversations, uid, span.conversationId))) continue;
      const endMs = session.spans[i + 1]?.fromMs ?? audio.endMs;
      const stretch = { startMs: i === 0 ? 0 : span.fromMs, endMs };
      made.push(...(await recordSpan(run, options, session, audio, span.conversationId, stretch)));
    }
  }
  const unwanted = await store.transact((tx) => commit(run, tx, session, made));
  for (const recording of unwanted) await blobs.delete(recording.blobKey);
  await audioLog.delete(uid, id);
}

async function recordSpan(
  run: JobRun,
  options: RecordOptions,
  session: ListenSession,
  audio: SessionAudio,
  conversationId: string,
  stretch: { startMs: number; endMs: number },
): Promise<Recording[]> {
  const { clock, blobs } = options;
  const { uid } = session;
  const format = options.formatOf(session);
  const made: Recording[] = [];
  for (const part of await stretchesOf(audio, format, stretch, run.signal)) {
    const file = await recordingFile(audio, format, part, run.signal);
    const id = `${session.id}-${Math.round(part.startMs)}`;
    const key = `${conversationFolder(uid, conversationId)}${id}.${file.extension}`;
    const { size } = await blobs.put(key, file.bytes);
    const facts = file.facts();
    made.push({
      ...facts,
      id,
      uid,
      conversationId,
      blobKey: key,
      durationMs: (facts.sampleCount * 1000) / facts.sampleRate,
      byteLength: size,
      startedAt: Math.round((session.audioStartedAt ?? session.createdAt) + part.startMs),
      language: session.language,
      voice: session.voice,
      createdAt: clock.now(),
    });
  }
  return made;
}

/** Returns recordings that are not needed any more, because their conversation was deleted. */
async function commit(
  run: JobRun,
  tx: Transaction,
  session: ListenSession,
  made: readonly Recording[],
): Promise<Recording[]> {
  const { uid } = session;
  await run.assertHeld(tx);
  const allowed = mayRecord(await tx.find(users, GLOBAL, uid));
  const found = new Map<string, Conversation>();
  for (const { conversationId } of made) {
    const conversation = await tx.find(conversations, uid, conversationId);
    if (conversation && allowed) found.set(conversationId, conversation);
  }
  const unwanted: Recording[] = [];
  for (const [conversationId, conversation] of found) {
    const own = made.filter((recording) => recording.conversationId === conversationId);
    const ids = new Set(own.map((recording) => recording.id));
    const audioFiles = [
      ...conversation.audioFiles.filter((file) => !ids.has(file.id)),
      ...own.map(({ id, startedAt, durationMs }) => ({ id, uid, startedAt, durationMs })),
    ].sort((a, b) => a.startedAt - b.startedAt);
    tx.patch(conversations, uid, conversationId, { audioFiles });
    for (const recording of own) tx.put(recordings, uid, recording);
  }
  for (const recording of made) {
    if (!found.has(recording.conversationId)) unwanted.push(recording);
  }
  tx.delete(listenSessions, uid, session.id);
  return unwanted;
}
