import type { BlobStore } from '../blob/blob-store.ts';
import { enqueue } from '../jobs/enqueue.ts';
import type { JobRun } from '../jobs/job-run.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import { PermanentJobError } from '../jobs/permanent-job-error.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import { idFromText } from '../kernel/ids.ts';
import { GLOBAL } from '../model/collection.ts';
import { type Conversation, conversations } from '../model/conversation.ts';
import { type JobOf, mergeJob } from '../model/jobs.ts';
import { listenSessions } from '../model/listen-session.ts';
import { sharedConversations } from '../model/shared-conversation.ts';
import { searchChanged } from '../search/search-changed.ts';
import type { DocumentReader, DocumentStore, Transaction } from '../store/document-store.ts';
import { requestProcessing } from '../transcripts/request-processing.ts';
import { encodeTranscript, loadTranscript, writeTranscript } from '../transcripts/transcript.ts';
import { editTime } from './conversation-access.ts';
import { deleteConversation } from './delete-conversation.ts';
import { planFolderMoves } from './folder-moves.ts';
import { beganAt, endedAt, makeMerged, withMergedText } from './merged-conversation.ts';
import { moveConversationParts } from './move-conversation-parts.ts';

/** Kind of the job that makes one conversation of several; its subject is the new one. */
const MAX_SOURCES = 50;
const LEASE_MS = 30_000;
const MAX_ATTEMPTS = 8;
const HOUR_MS = 60 * 60 * 1000;

export interface MergeServiceOptions {
  store: DocumentStore;
  blobs: BlobStore;
  clock: Clock;
  jobWorker: JobWorker;
  /** Removes the audio of a conversation; removing what is absent is no error. */
  eraseRecordings: (uid: string, conversationId: string) => Promise<void>;
}

/**
 * Makes one conversation of several. The job first makes the new one and moves what belongs to it,
 * then hands it to processing, and only then deletes the others: wherever it is cut off, it can be
 * repeated, and nothing is lost.
 */
export class MergeService {
  readonly #o: MergeServiceOptions;

  constructor(options: MergeServiceOptions) {
    this.#o = options;
    options.jobWorker.register(mergeJob, (run) => this.#run(run), {
      leaseMs: LEASE_MS,
      maxAttempts: MAX_ATTEMPTS,
      onFailed: (tx, job, error) => giveUp(tx, job, describeError(error), options.clock.now()),
    });
  }

  /**
   * Marks the conversations as `merging` and asks for the job. Asked again, it answers the same.
   * `bad-request` for fewer than two, for locked ones and for those that are not completed;
   * `not-found`.
   *
   * @param reprocess false: what was understood of the parts is put together instead
   * @returns what the user may want to know: pauses of more than an hour between them
   */
  async request(
    uid: string,
    ids: readonly string[],
    reprocess: boolean,
  ): Promise<{ conversationId: string; warning: string | null }> {
    const wanted = [...new Set(ids)];
    if (wanted.length < 2) {
      throw new AppError('bad-request', 'At least 2 conversations are required to merge');
    }
    if (wanted.length > MAX_SOURCES) {
      throw new AppError('bad-request', `At most ${MAX_SOURCES} conversations can be merged`);
    }
    const conversationId = idFromText(`merge:${uid}:${[...wanted].sort().join(',')}`);
    return this.#o.store.transact(async (tx) => {
      const now = this.#o.clock.now();
      const found = await tx.findMany(conversations, uid, wanted);
      const target = await tx.find(conversations, uid, conversationId);
      if (target && target.status !== 'failed') return { conversationId, warning: null };
      const sources = inOrder(wanted, found);
      const warning = warningOf(sources);
      // The client repeats a request whose answer it did not get.
      const isAsked = sources.every(
        ({ status, processingConversationId }) =>
          status === 'merging' && processingConversationId === conversationId,
      );
      if (isAsked) return { conversationId, warning };
      for (const source of sources) await requireMergeable(tx, uid, source);
      for (const source of sources) {
        tx.patch(conversations, uid, source.id, {
          status: 'merging',
          processingConversationId: conversationId,
          updatedAt: editTime(source, now),
        });
      }
      const payload = { sourceIds: sources.map(({ id }) => id), reprocess };
      enqueue(tx, mergeJob, { uid, subject: conversationId, payload }, now);
      return { conversationId, warning };
    });
  }

  async #run(run: JobRun<typeof mergeJob.payload>): Promise<void> {
    const { store, clock, eraseRecordings } = this.#o;
    const { uid, subject: id } = run.job;
    const { sourceIds } = run.job.payload;
    await store.transact((tx) => build(tx, run, sourceIds, clock.now()));
    for (const from of sourceIds) {
      const everything = { hasSegments: () => true, isAt: () => true };
      await moveConversationParts(this.#o, uid, { from, to: id, ...everything }, clock.now());
    }
    await store.transact((tx) => handOver(tx, run, clock.now()));
    for (const source of sourceIds) {
      await eraseRecordings(uid, source);
      await deleteConversation(store, uid, source, { cascade: true, now: clock.now() });
    }
    await store.transact((tx) => run.finish(tx));
  }
}

/** Makes the new conversation, with its transcript and still hidden; nothing where it is there. */
async function build(
  tx: Transaction,
  run: JobRun,
  sourceIds: readonly string[],
  now: number,
): Promise<void> {
  const { uid, subject: id } = run.job;
  const existing = await tx.find(conversations, uid, id);
  if (existing && existing.status !== 'failed') return;
  const found = await tx.findMany(conversations, uid, sourceIds);
  if (found.length < sourceIds.length || found.some(({ status }) => status !== 'merging')) {
    throw new PermanentJobError(
      new AppError('conflict', 'A conversation was changed while it was to be merged.'),
    );
  }
  const sources = [...found].sort((a, b) => beganAt(a) - beganAt(b));
  const transcripts = await Promise.all(sources.map((s) => loadTranscript(tx, uid, s)));
  const { conversation, segments } = makeMerged(id, sources, transcripts, now);
  const moves = await planFolderMoves(
    tx,
    uid,
    [conversation.folderId, existing?.folderId ?? null],
    now,
  );
  await run.assertHeld(tx);
  const chunks = await encodeTranscript(id, segments);
  const transcriptChunks = writeTranscript(tx, uid, conversation, chunks);
  const folderId =
    conversation.folderId !== null && moves.has(conversation.folderId)
      ? conversation.folderId
      : null;
  const withoutText = { ...conversation, folderId, transcriptChunks };
  tx.put(conversations, uid, withMergedText(withoutText, sources));
  moves.count(existing?.folderId ?? null, folderId);
  moves.writeCounts();
  if (conversation.visibility !== 'private') tx.put(sharedConversations, GLOBAL, { id, uid });
}

/** From here on the new conversation is the one that counts. */
async function handOver(
  tx: Transaction,
  run: JobRun<typeof mergeJob.payload>,
  now: number,
): Promise<void> {
  const { uid, subject: id } = run.job;
  const target = await tx.find(conversations, uid, id);
  if (target?.status !== 'merging') return;
  await run.assertHeld(tx);
  const { reprocess } = run.job.payload;
  tx.patch(conversations, uid, id, {
    status: reprocess ? 'processing' : 'completed',
    updatedAt: editTime(target, now),
  });
  searchChanged(tx, uid, 'conversation', id, now);
  if (reprocess) requestProcessing(tx, uid, id, now);
}

/** The conversations are there again, as they were; one that was half made says what went wrong. */
async function giveUp(
  tx: Transaction,
  job: JobOf<typeof mergeJob.payload>,
  reason: string,
  now: number,
): Promise<void> {
  const target = await tx.find(conversations, job.uid, job.subject);
  const sources = await tx.findMany(conversations, job.uid, job.payload.sourceIds);
  for (const source of sources) {
    if (source.status !== 'merging') continue;
    tx.patch(conversations, job.uid, source.id, {
      status: 'completed',
      processingConversationId: null,
      updatedAt: editTime(source, now),
    });
  }
  if (target?.status !== 'merging') return;
  tx.patch(conversations, job.uid, target.id, {
    status: 'failed',
    updatedAt: editTime(target, now),
    processing: { ...target.processing, failureReason: reason, processedAt: now },
  });
  searchChanged(tx, job.uid, 'conversation', target.id, now);
}

function inOrder(ids: readonly string[], found: readonly Conversation[]): Conversation[] {
  const byId = new Map(found.map((conversation) => [conversation.id, conversation]));
  const sources = ids.map((id) => {
    const conversation = byId.get(id);
    if (!conversation) throw new AppError('not-found', `Conversation ${id} not found`);
    return conversation;
  });
  return sources.sort((a, b) => beganAt(a) - beganAt(b));
}

async function requireMergeable(
  reader: DocumentReader,
  uid: string,
  conversation: Conversation,
): Promise<void> {
  const { id, isLocked, status } = conversation;
  if (isLocked) throw new AppError('bad-request', `Conversation ${id} is locked`);
  if (status !== 'completed') {
    throw new AppError('bad-request', `Conversation ${id} is not completed (${status})`);
  }
  const { items } = await reader.query(listenSessions, uid, {
    query: 'ofConversation',
    filters: { conversationId: id },
    limit: 50,
  });
  // Words that are still to come would find no conversation.
  if (items.some(({ state }) => state !== 'open')) {
    throw new AppError('bad-request', `Conversation ${id} is still being transcribed`);
  }
}

function warningOf(sources: readonly Conversation[]): string | null {
  const gaps = sources.slice(1).flatMap((next, i) => {
    const previous = sources[i];
    const gapMs = previous ? beganAt(next) - endedAt(previous) : 0;
    return gapMs > HOUR_MS ? [`${(gapMs / HOUR_MS).toFixed(1)}h gap detected`] : [];
  });
  return gaps.length > 0 ? gaps.join('; ') : null;
}
