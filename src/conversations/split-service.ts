import type { BlobStore } from '../blob/blob-store.ts';
import { enqueue } from '../jobs/enqueue.ts';
import type { JobRun } from '../jobs/job-run.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import { idFromText } from '../kernel/ids.ts';
import {
  type Conversation,
  conversations,
  makeConversation,
} from '../model/conversations/conversation.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { type JobOf, splitJob } from '../model/jobs.ts';
import { searchChanged } from '../search/search-changed.ts';
import type { DocumentStore, Transaction } from '../store/document-store.ts';
import { requestProcessing } from '../transcripts/request-processing.ts';
import { moveSegment } from '../transcripts/segment-times.ts';
import {
  encodeTranscript,
  loadLiveSegments,
  loadTranscript,
  writeTranscript,
} from '../transcripts/transcript.ts';
import { editTime, getOpenConversation } from './conversation-access.ts';
import { planFolderMoves } from './folder-moves.ts';
import { beganAt, endedAt } from './merged-conversation.ts';
import { moveConversationParts } from './move-conversation-parts.ts';

/** Kind of the job that moves what belongs to the second half; its subject is that conversation. */
const LEASE_MS = 30_000;
const MAX_ATTEMPTS = 8;

export interface SplitServiceOptions {
  store: DocumentStore;
  blobs: BlobStore;
  clock: Clock;
  jobWorker: JobWorker;
}

/**
 * Makes two conversations of one. The first keeps the id; both transcripts are there at once, in
 * one commit, and a job moves photos, recordings, tasks and memories and has both processed.
 */
export class SplitService {
  readonly #o: SplitServiceOptions;

  constructor(options: SplitServiceOptions) {
    this.#o = options;
    options.jobWorker.register(splitJob, (run) => this.#run(run), {
      leaseMs: LEASE_MS,
      maxAttempts: MAX_ATTEMPTS,
      onFailed: (tx, job, error) => markFailed(tx, job, describeError(error), options.clock.now()),
    });
  }

  /**
   * Splits before a segment; asked again, it answers the same. `not-found` for the conversation or the segment;
   * `bad-request` for the first segment and for a conversation that is not completed.
   *
   * @returns ids of both, in their order
   */
  async split(uid: string, id: string, segmentId: string): Promise<[string, string]> {
    const newId = idFromText(`split:${uid}:${id}:${segmentId}`);
    await this.#o.store.transact(async (tx) => {
      const now = this.#o.clock.now();
      const conversation = await getOpenConversation(tx, uid, id);
      // The client repeats a request whose answer it did not get.
      if (await tx.find(conversations, uid, newId)) return;
      if (conversation.status !== 'completed' && conversation.status !== 'failed') {
        throw new AppError('bad-request', 'Only a completed conversation can be split');
      }
      const live = await loadLiveSegments(tx, uid, conversation);
      if (live.length > 0)
        throw new AppError(
          'conflict',
          'The conversation is still receiving words; try again later.',
        );
      const segments = await loadTranscript(tx, uid, conversation);
      const at = segments.findIndex((segment) => segment.id === segmentId);
      if (at < 0) throw new AppError('not-found', 'Segment not found');
      if (at === 0) throw new AppError('bad-request', 'Cannot split before the first segment');
      const halves = cut(conversation, segments, at, newId, now);
      const moves = await planFolderMoves(tx, uid, [conversation.folderId], now);
      const firstChunks = await encodeTranscript(id, halves.first.segments);
      const secondChunks = await encodeTranscript(newId, halves.second.segments);
      const { first, second } = halves;
      tx.patch(conversations, uid, id, {
        ...first.fields,
        transcriptChunks: writeTranscript(tx, uid, conversation, firstChunks),
      });
      const transcriptChunks = writeTranscript(tx, uid, second.conversation, secondChunks);
      const hasFolder = conversation.folderId !== null && moves.has(conversation.folderId);
      const folderId = hasFolder ? conversation.folderId : null;
      tx.create(conversations, uid, { ...second.conversation, transcriptChunks, folderId });
      moves.count(null, folderId);
      moves.writeCounts();
      searchChanged(tx, uid, 'conversation', id, now);
      searchChanged(tx, uid, 'conversation', newId, now);
      const payload = { from: id, at: beganAt(second.conversation) };
      enqueue(tx, splitJob, { uid, subject: newId, payload }, now);
    });
    return [id, newId];
  }

  async #run(run: JobRun<typeof splitJob.payload>): Promise<void> {
    const { store, clock } = this.#o;
    const { uid, subject: to } = run.job;
    const { from, at } = run.job.payload;
    const target = await store.find(conversations, uid, to);
    if (!target) return;
    const ids = new Set((await loadTranscript(store, uid, target)).map((segment) => segment.id));
    const parts = {
      from,
      to,
      hasSegments: (of: readonly string[]) => of.length > 0 && of.every((id) => ids.has(id)),
      isAt: (time: number) => time >= at,
    };
    await moveConversationParts(this.#o, uid, parts, clock.now());
    await store.transact(async (tx) => {
      const now = clock.now();
      const both = await tx.findMany(conversations, uid, [from, to]);
      await run.finish(tx);
      for (const { id, status } of both) {
        // One that the user has deleted meanwhile, or that failed, is nothing to process.
        if (status === 'processing') requestProcessing(tx, uid, id, now);
      }
    });
  }
}

/** Returns both halves of a conversation, the second with times from its own beginning. */
function cut(
  conversation: Conversation,
  segments: readonly TranscriptSegment[],
  at: number,
  newId: string,
  now: number,
) {
  const startedAt = beganAt(conversation);
  const splitMs = segments[at]?.startMs ?? 0;
  const splitAt = startedAt + splitMs;
  const before = segments.slice(0, at);
  const lastEndMs = before.reduce((latest, { endMs }) => Math.max(latest, endMs), 0);
  const first = {
    ...sharedByHalves(conversation, newId, now),
    finishedAt: startedAt + lastEndMs,
    gaps: conversation.gaps.filter((gap) => gap.startAt < splitAt),
    processing: { ...conversation.processing, failureReason: null },
    updatedAt: editTime(conversation, now),
  };
  return {
    first: { fields: first, segments: before },
    second: {
      conversation: secondHalf(conversation, { ...first, id: newId }, splitAt, now),
      segments: segments.slice(at).map((segment) => moveSegment(segment, -splitMs)),
    },
  };
}

/** Returns the fields that both halves have. */
function sharedByHalves(conversation: Conversation, newId: string, now: number) {
  const split_metadata = {
    split_at: new Date(now).toISOString(),
    conversation_ids: [conversation.id, newId],
    started_at: new Date(beganAt(conversation)).toISOString(),
    finished_at: new Date(endedAt(conversation)).toISOString(),
  };
  return {
    status: 'processing' as const,
    forced: true,
    discarded: false,
    // An edit of the whole fits neither half: its overview and summaries are written anew.
    overviewEdited: false,
    editedAppIds: [] as string[],
    appsResults: [] as Conversation['appsResults'],
    suggestedSummarizationApps: [] as string[],
    externalData: { ...conversation.externalData, split_metadata },
  };
}

function secondHalf(
  conversation: Conversation,
  shared: Partial<Conversation> & Pick<Conversation, 'id'>,
  splitAt: number,
  now: number,
): Conversation {
  const createdAt = conversation.createdAt + (splitAt - beganAt(conversation));
  return makeConversation({
    ...shared,
    createdAt,
    startedAt: splitAt,
    finishedAt: Math.max(splitAt, endedAt(conversation)),
    activeAt: now,
    source: conversation.source,
    language: conversation.language,
    geolocation: conversation.geolocation,
    appId: conversation.appId,
    textSource: conversation.textSource,
    privateCloudSyncEnabled: conversation.privateCloudSyncEnabled,
    dataProtectionLevel: conversation.dataProtectionLevel,
    isLocked: conversation.isLocked,
    folderId: conversation.folderId,
    folderChosen: conversation.folderChosen,
    gaps: conversation.gaps.filter((gap) => gap.startAt >= splitAt),
    processing: makeConversation({ id: shared.id, createdAt }).processing,
    updatedAt: now,
  });
}

async function markFailed(
  tx: Transaction,
  job: JobOf<typeof splitJob.payload>,
  reason: string,
  now: number,
): Promise<void> {
  const ids = [job.subject, job.payload.from];
  for (const conversation of await tx.findMany(conversations, job.uid, ids)) {
    if (conversation.status !== 'processing') continue;
    tx.patch(conversations, job.uid, conversation.id, {
      status: 'failed',
      updatedAt: editTime(conversation, now),
      processing: { ...conversation.processing, failureReason: reason, processedAt: now },
    });
  }
}
