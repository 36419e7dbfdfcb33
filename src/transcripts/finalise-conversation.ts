import type { JobRun } from '../jobs/job-run.ts';
import type { Clock } from '../kernel/clock.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import { users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import {
  type Conversation,
  conversations,
  liveSegments,
} from '../model/conversations/conversation.ts';
import { listenSessions } from '../model/conversations/listen-session.ts';
import type { DomainEvents } from '../model/domain-events.ts';
import { searchChanged } from '../search/search-changed.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { hasPhoto } from './conversation-photos.ts';
import { requestProcessing } from './request-processing.ts';
import {
  encodeTranscript,
  loadLiveSegments,
  loadTranscript,
  writeTranscript,
} from './transcript.ts';

/** How long the end waits for words that are still to be recovered from the audio log. */
const MAX_WAIT_FOR_AUDIO_MS = 10 * 60_000;
const RECHECK_MS = 5_000;
/** How long the end waits for photos to be described; a user who asks for it waits for the answer. */
const MAX_WAIT_FOR_PHOTOS_MS = 20_000;
const RECHECK_PHOTOS_MS = 500;
/** A reported place is attached while it is this fresh. */
const GEOLOCATION_VALID_MS = 30 * 60_000;
/** Below Firestore's 500 writes a transaction. */
const DELETES_PER_COMMIT = 400;

export interface FinaliseOptions {
  store: DocumentStore;
  clock: Clock;
  events: EventBus<DomainEvents>;
  instanceId: string;
  /** True if a session of this process has audio for the conversation that no provider has heard yet. */
  hasUnheardAudio(uid: string, conversationId: string): boolean;
}

/**
 * The job that ends a live conversation: after its idle time, or at once if that was asked for.
 * It makes one transcript of the live segments and hands the conversation to processing; one without words
 * and photos is removed. It also takes in words that came after the end.
 */
export async function finaliseConversation(run: JobRun, options: FinaliseOptions): Promise<void> {
  const { store, clock } = options;
  const { uid, subject: id } = run.job;
  const conversation = await store.find(conversations, uid, id);
  if (!conversation) return;

  const live = await loadLiveSegments(store, uid, conversation);
  const photos = await hasPhoto(store, uid, id);
  // A gap must be shown: it may contain speech that was not transcribed.
  const hasGap = conversation.gaps.length > 0;
  const hasContent = live.length > 0 || conversation.transcriptChunks > 0 || photos || hasGap;
  const waitUntil = await endsAt(conversation, hasContent, options, uid);
  if (waitUntil > clock.now()) {
    await store.transact((tx) => run.reschedule(tx, waitUntil));
    return;
  }
  if (!hasContent) {
    await removeEmpty(run, options, conversation);
    return;
  }
  if (live.length > 0 || conversation.status === 'in_progress') {
    const frozen = await freeze(run, options, conversation);
    if (!frozen) return;
  }
  await deleteFrozenSegments(store, uid, id);
  await store.transact((tx) => run.finish(tx));
}

/** When the conversation may end; a time in the past means now. */
async function endsAt(
  conversation: Conversation,
  hasContent: boolean,
  options: FinaliseOptions,
  uid: string,
): Promise<number> {
  if (conversation.status !== 'in_progress') return 0;
  const now = options.clock.now();
  const idleAt = conversation.endRequestedAt ?? conversation.activeAt + conversation.timeoutMs;
  if (idleAt > now) return idleAt;
  if (now - idleAt < MAX_WAIT_FOR_PHOTOS_MS) {
    const waiting = await hasPhoto(options.store, uid, conversation.id, 'waiting');
    if (waiting) return now + RECHECK_PHOTOS_MS;
  }
  const empty = !hasContent;
  const patience = empty ? Number.POSITIVE_INFINITY : MAX_WAIT_FOR_AUDIO_MS;
  if (now - idleAt > patience) return 0;
  const unheard =
    options.hasUnheardAudio(uid, conversation.id) ||
    (await hasWaitingSession(options, uid, conversation.id));
  return unheard && (empty || !conversation.forced) ? now + RECHECK_MS : 0;
}

/** Whether audio waits for transcription: of an ended session, or while the provider is down. */
async function hasWaitingSession(
  { store, instanceId }: FinaliseOptions,
  uid: string,
  conversationId: string,
): Promise<boolean> {
  const { items } = await store.query(listenSessions, uid, {
    query: 'ofConversation',
    filters: { conversationId },
    limit: 50,
  });
  // The sessions of this process know better themselves.
  return items.some(
    (session) =>
      session.state === 'draining' ||
      (session.state === 'open' && session.providerDown && session.instanceId !== instanceId),
  );
}

async function removeEmpty(
  run: JobRun,
  options: FinaliseOptions,
  conversation: Conversation,
): Promise<void> {
  const { uid, subject: id } = run.job;
  const removed = await options.store.transact(async (tx) => {
    const current = await tx.find(conversations, uid, id);
    // Words or photos that came in meanwhile keep it: the job looks again.
    if (current && current.updatedAt !== conversation.updatedAt) {
      await run.reschedule(tx, options.clock.now());
      return false;
    }
    await run.finish(tx);
    tx.delete(conversations, uid, id);
    searchChanged(tx, uid, 'conversation', id, options.clock.now());
    return true;
  });
  if (removed) {
    options.events.emit('conversation-closed', { uid, conversationId: id, hasContent: false });
  }
}

/** Writes the transcript and asks for processing, in one commit. False if words arrived meanwhile. */
async function freeze(
  run: JobRun,
  options: FinaliseOptions,
  conversation: Conversation,
): Promise<boolean> {
  const { store, clock, events } = options;
  const { uid, subject: id } = run.job;
  const segments = await loadTranscript(store, uid, conversation);
  const chunks = await encodeTranscript(id, segments);
  const user = await store.find(users, GLOBAL, uid);
  const place = user?.lastGeolocation;
  const wasLive = conversation.status === 'in_progress';
  const frozen = await store.transact(async (tx) => {
    const now = clock.now();
    const current = await tx.find(conversations, uid, id);
    if (!current) return false;
    if (current.updatedAt !== conversation.updatedAt || current.nextSeq !== conversation.nextSeq) {
      await run.reschedule(tx, now);
      return false;
    }
    await run.assertHeld(tx);
    const freshPlace =
      wasLive && place && now - place.reportedAt < GEOLOCATION_VALID_MS ? place : null;
    tx.patch(conversations, uid, id, {
      status: 'processing',
      transcriptChunks: writeTranscript(tx, uid, current, chunks),
      finalisedSeq: current.nextSeq - 1,
      tailSegmentId: null,
      finishedAt: finishedAt(current, segments.at(-1)?.endMs),
      geolocation: current.geolocation ?? (freshPlace ? withoutTime(freshPlace) : null),
      // Never decreases, so that a reader can tell that the conversation has changed.
      updatedAt: Math.max(now, current.updatedAt + 1),
    });
    searchChanged(tx, uid, 'conversation', id, now);
    requestProcessing(tx, uid, id, now);
    return true;
  });
  if (frozen && wasLive) {
    events.emit('conversation-closed', { uid, conversationId: id, hasContent: true });
  }
  return frozen;
}

function finishedAt(conversation: Conversation, lastEndMs: number | undefined): number {
  const startedAt = conversation.startedAt ?? conversation.createdAt;
  return Math.max(conversation.finishedAt ?? 0, startedAt + (lastEndMs ?? 0));
}

function withoutTime<T extends { reportedAt: number }>(place: T): Omit<T, 'reportedAt'> {
  const { reportedAt: _, ...geolocation } = place;
  return geolocation;
}

/** Deletes the live documents of segments that are part of the transcript now. */
async function deleteFrozenSegments(
  store: DocumentStore,
  uid: string,
  conversationId: string,
): Promise<void> {
  const conversation = await store.find(conversations, uid, conversationId);
  if (!conversation) return;
  for (;;) {
    const { items } = await store.query(liveSegments, uid, {
      query: 'ofConversation',
      filters: { conversationId },
      to: conversation.finalisedSeq,
      limit: DELETES_PER_COMMIT,
    });
    if (items.length === 0) return;
    await store.transact((tx) => {
      for (const { id } of items) tx.delete(liveSegments, uid, id);
    });
  }
}
