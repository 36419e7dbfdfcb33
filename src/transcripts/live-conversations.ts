import { enqueueJob } from '../jobs/enqueue-job.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import {
  type Conversation,
  type ConversationSource,
  conversations,
  liveSegments,
  makeConversation,
} from '../model/conversation.ts';
import { type ConversationPhoto, conversationPhotos } from '../model/conversation-photo.ts';
import { listenSessions } from '../model/listen-session.ts';
import { type SpeakerCorrections, speakerCorrections } from '../model/speaker-correction.ts';
import type { TranscriptSegment } from '../model/transcript-segment.ts';
import type { DocumentStore, DocumentWriter, Transaction } from '../store/document-store.ts';
import { corrected, rememberSpeaker } from './assign-speakers.ts';
import { combineSegments } from './combine-segments.ts';
import { divideAtPause, endsUnheard, isLate } from './conversation-pause.ts';
import { assertSessionHeld, type SessionLease } from './session-lease.ts';
import type { Span } from './session-spans.ts';
import { noteConversationChange } from './transcript.ts';

/** Kind of the job that ends a live conversation; its subject is the conversation. */
export const FINALISE_JOB = 'finalise';

/** Kind of the job that describes a photo; its subject is the photo. */
export const DESCRIBE_PHOTO_JOB = 'describe-photo';

/** How long words that came after the end are gathered before the conversation is processed again. */
const LATE_WORDS_DELAY_MS = 2_000;

/** Times of words are rounded on their way: so much earlier than the position is not stored before. */
const ROUNDING_MS = 50;

export interface AttachOptions {
  timeoutMs: number;
  source: ConversationSource;
  language: string;
  privateCloudSyncEnabled: boolean;
}

export interface AppendRequest {
  uid: string;
  conversationId: string;
  /** Wall time of the audio's first byte: what the segments' times are counted from. */
  audioStartedAt: number;
  /** New segments, times in milliseconds of audio. */
  segments: readonly TranscriptSegment[];
  /** Moves the session's position in the same commit; null for words that have no audio log. */
  session: (SessionLease & Move) | null;
}

/** Positions of a session's audio, milliseconds: where its owner knows it to be, and where it goes. */
export interface Move {
  fromMs: number;
  transcribedMs: number;
}

export interface AppendResult {
  conversation: Conversation;
  updated: TranscriptSegment[];
  removedIds: string[];
  /** Words of the request after a pause that ends the conversation: not stored, for another one. */
  rest: TranscriptSegment[];
  /** True where the conversation had ended before. */
  isOver: boolean;
  /** The session's position now; 0 where there is none. */
  transcribedMs: number;
}

/**
 * The conversations that are being spoken. A stub is there from the connection on, words are
 * committed one by one, and a durable job ends it, so that nothing depends on the client coming back.
 */
export class LiveConversations {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: { store: DocumentStore; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** Resumes the user's live conversation, where it is still warm, or begins a new one. */
  attach(
    uid: string,
    options: AttachOptions,
  ): Promise<{ conversation: Conversation; resumed: boolean }> {
    return this.#store.transact(async (tx) => {
      const now = this.#clock.now();
      const { items } = await tx.query(conversations, uid, {
        query: 'recent',
        filters: { status: ['in_progress'] },
        limit: 20,
      });
      const open = items.filter((c) => !c.exclusive && c.endRequestedAt === null);
      const warm =
        open.find((c) => now - c.activeAt < options.timeoutMs) ??
        (await findUnheard(tx, uid, open, options.timeoutMs, now));
      for (const other of items) {
        if (other.id === warm?.id || other.exclusive || other.endRequestedAt !== null) continue;
        tx.patch(conversations, uid, other.id, { endRequestedAt: now });
        enqueueFinalise(tx, uid, other.id, now, now);
      }
      const conversation = warm
        ? { ...warm, timeoutMs: options.timeoutMs }
        : makeConversation({ id: newId(), createdAt: now, ...options });
      tx.put(conversations, uid, conversation);
      const dueAt = conversation.activeAt + conversation.timeoutMs;
      enqueueFinalise(tx, uid, conversation.id, dueAt, now);
      return { conversation, resumed: warm !== undefined };
    });
  }

  /**
   * Begins a conversation for words that were spoken so long after the last ones that they belong
   * to another, and moves the session on to it. It begins when they were spoken.
   *
   * @param request.isLive false where the session is over: then no other resumes it
   * @throws SessionTakenError where the session is no longer its owner's
   */
  beginAfterPause(
    uid: string,
    request: {
      after: string;
      at: number;
      session: SessionLease & { spans: readonly Span[]; fromMs: number };
      isLive: boolean;
    },
  ): Promise<{ conversation: Conversation; spans: Span[] }> {
    return this.#store.transact(async (tx) => {
      const { after, session } = request;
      const now = this.#clock.now();
      const id = newId();
      const spans = [...session.spans, { conversationId: id, fromMs: session.fromMs }];
      spans.sort((a, b) => a.fromMs - b.fromMs);
      // Where the session has gone on to a later conversation already, this one is over.
      const current = spans.at(-1)?.conversationId ?? id;
      const isLive = request.isLive && current === id;
      await assertSessionHeld(tx, uid, session);
      const previous = await tx.find(conversations, uid, after);
      const conversation = makeConversation({
        id,
        createdAt: Math.round(request.at),
        activeAt: now,
        updatedAt: now,
        source: previous?.source ?? 'omi',
        language: previous?.language ?? null,
        privateCloudSyncEnabled: previous?.privateCloudSyncEnabled ?? false,
        ...(previous ? { timeoutMs: previous.timeoutMs } : {}),
        endRequestedAt: isLive ? null : now,
      });
      tx.create(conversations, uid, conversation);
      tx.patch(listenSessions, uid, session.id, { conversationId: current, spans });
      const dueAt = isLive ? now + conversation.timeoutMs : now;
      enqueueFinalise(tx, uid, conversation.id, dueAt, now);
      if (isLive && previous?.status === 'in_progress' && previous.endRequestedAt === null) {
        tx.patch(conversations, uid, previous.id, { endRequestedAt: now });
        enqueueFinalise(tx, uid, previous.id, now, now);
      }
      return { conversation, spans };
    });
  }

  /** Whether a conversation still takes words, as the store knows it now. */
  async isOpen(uid: string, conversationId: string): Promise<boolean> {
    const conversation = await this.#store.find(conversations, uid, conversationId);
    return conversation?.status === 'in_progress';
  }

  /** The newest live conversation of a user that is not one connection's own, undefined where there is none. */
  async findCurrent(uid: string): Promise<Conversation | undefined> {
    const { items } = await this.#store.query(conversations, uid, {
      query: 'recent',
      filters: { status: ['in_progress'] },
      limit: 20,
    });
    return items.find((c) => !c.exclusive && c.endRequestedAt === null);
  }

  /** Begins a conversation that belongs to one connection, beside the one that others may resume. */
  begin(uid: string, options: AttachOptions & { callId: string | null }): Promise<Conversation> {
    return this.#store.transact((tx) => {
      const now = this.#clock.now();
      const conversation = makeConversation({
        id: newId(),
        createdAt: now,
        exclusive: true,
        ...options,
      });
      tx.create(conversations, uid, conversation);
      enqueueFinalise(tx, uid, conversation.id, now + options.timeoutMs, now);
      return conversation;
    });
  }

  /** The connection that a conversation belongs to is over: the conversation ends now. */
  async end(uid: string, conversationId: string): Promise<void> {
    await this.#store.transact(async (tx) => {
      const now = this.#clock.now();
      const conversation = await tx.find(conversations, uid, conversationId);
      if (conversation?.status !== 'in_progress' || conversation.endRequestedAt !== null) return;
      tx.patch(conversations, uid, conversationId, { endRequestedAt: now });
      enqueueFinalise(tx, uid, conversationId, now, now);
    });
  }

  /**
   * Stores a photo and, where it waits for that, asks for its description. False where the
   * conversation no longer exists.
   */
  appendPhoto(
    uid: string,
    conversationId: string,
    photo: Omit<ConversationPhoto, 'conversationId'>,
  ): Promise<boolean> {
    return this.#store.transact(async (tx) => {
      const now = this.#clock.now();
      const stored = await tx.find(conversations, uid, conversationId);
      if (!stored) return false;
      tx.create(conversationPhotos, uid, { ...photo, conversationId });
      tx.patch(conversations, uid, conversationId, {
        source: 'openglass',
        finishedAt: Math.max(stored.finishedAt ?? 0, photo.createdAt),
        activeAt: now,
        updatedAt: Math.max(now, stored.updatedAt + 1),
      });
      noteConversationChange(tx, uid, conversationId, now);
      if (photo.state === 'waiting') {
        const job = { kind: DESCRIBE_PHOTO_JOB, uid, subject: photo.id, dueAt: now };
        enqueueJob(tx, job, now);
      }
      return true;
    });
  }

  /**
   * Commits new words. Answers undefined where the conversation no longer exists. Words for one that has
   * ended already are added all the same, and it is processed once more.
   * @throws SessionTakenError where the session is no longer its owner's
   */
  append(request: AppendRequest): Promise<AppendResult | undefined> {
    return this.#append(request, true);
  }

  /** @param joins false where the segments are to stay as they are, whatever stands before them */
  #append(request: AppendRequest, joins: boolean): Promise<AppendResult | undefined> {
    return this.#store.transact(async (tx) => {
      const { uid, conversationId } = request;
      const now = this.#clock.now();
      const session = request.session && (await assertSessionHeld(tx, uid, request.session));
      const stored = await tx.find(conversations, uid, conversationId);
      if (!stored) return undefined;
      const tail = stored.tailSegmentId
        ? await tx.find(liveSegments, uid, stored.tailSegmentId)
        : undefined;
      const corrections = await tx.find(speakerCorrections, uid, conversationId);
      const storedMs = session?.transcribedMs ?? 0;
      const fresh = notYetStored(request.segments, storedMs, request.session);
      // What a client transcribes has its own times, and what belongs to one connection is never cut.
      const isDivided =
        request.session !== null &&
        !stored.exclusive &&
        isLate(fresh, request.audioStartedAt, stored.timeoutMs, now);
      const lastSpokenAt = isEmpty(stored) ? null : stored.finishedAt;
      const { fitting: segments, rest } = isDivided
        ? divideAtPause(fresh, request.audioStartedAt, {
            lastSpokenAt,
            timeoutMs: stored.timeoutMs,
          })
        : { fitting: fresh, rest: [] };
      if (segments.length === 0 && rest.length > 0) {
        const unchanged = { conversation: stored, updated: [], removedIds: [], isOver: false };
        return { ...unchanged, rest, transcribedMs: storedMs };
      }

      const first = segments[0];
      const startedAt = startOf(stored, request.audioStartedAt, first);
      const shiftMs = request.audioStartedAt - startedAt;
      const moved = segments.map((segment) =>
        corrected(shiftSegment(segment, shiftMs), corrections, request.session === null),
      );
      const joinable = stored.exclusive ? sameSpeaker(tail?.segment, moved[0]) : tail?.segment;
      const { updated, removedIds } = joins
        ? combineSegments(joinable ?? null, moved)
        : { updated: moved, removedIds: [] };

      let nextSeq = stored.nextSeq;
      for (const segment of updated) {
        if (tail && segment.id === tail.id) {
          if (segment !== tail.segment) tx.patch(liveSegments, uid, tail.id, { segment });
        } else {
          tx.create(liveSegments, uid, { id: segment.id, conversationId, seq: nextSeq, segment });
          nextSeq += 1;
        }
      }
      for (const id of removedIds) tx.delete(liveSegments, uid, id);
      const untilMs = rest.length > 0 ? segments.at(-1)?.endMs : request.session?.transcribedMs;
      const transcribedMs = Math.max(storedMs, untilMs ?? 0);
      if (request.session) tx.patch(listenSessions, uid, request.session.id, { transcribedMs });
      const lastEndMs = Math.max(0, ...updated.map((segment) => segment.endMs));
      const fields: Partial<Conversation> = {
        startedAt,
        finishedAt: Math.max(stored.finishedAt ?? 0, Math.round(startedAt + lastEndMs)),
        activeAt: now,
        // Strictly growing, so that whoever read the transcript before can tell that it has changed.
        updatedAt: Math.max(now, stored.updatedAt + 1),
        nextSeq,
        tailSegmentId: updated.at(-1)?.id ?? stored.tailSegmentId,
      };
      tx.patch(conversations, uid, conversationId, fields);
      noteConversationChange(tx, uid, conversationId, now);
      if (stored.status !== 'in_progress') {
        enqueueFinalise(tx, uid, conversationId, now + LATE_WORDS_DELAY_MS, now);
      }
      const isOver = stored.status !== 'in_progress';
      const conversation = { ...stored, ...fields };
      return { conversation, updated, removedIds, rest, isOver, transcribedMs };
    });
  }

  /**
   * Commits a segment that nobody spoke into the microphone, `gapMs` behind everything that is there
   * and apart from it.
   * Answers undefined where the conversation no longer exists.
   */
  async appendAtEnd(request: {
    uid: string;
    conversationId: string;
    /** What an empty conversation's times are counted from. */
    audioStartedAt: number;
    gapMs: number;
    /** Its times say only how long it is. */
    segment: TranscriptSegment;
  }): Promise<AppendResult | undefined> {
    const { uid, conversationId, gapMs, segment } = request;
    const stored = await this.#store.find(conversations, uid, conversationId);
    if (!stored) return undefined;
    const origin = isEmpty(stored)
      ? request.audioStartedAt
      : (stored.startedAt ?? stored.createdAt);
    const lastEndMs = isEmpty(stored) ? 0 : Math.max(0, (stored.finishedAt ?? origin) - origin);
    const startMs = lastEndMs + gapMs;
    const endMs = startMs + segment.endMs - segment.startMs;
    const segments = [{ ...segment, startMs, endMs }];
    const from = { audioStartedAt: origin, session: null };
    return this.#append({ uid, conversationId, segments, ...from }, false);
  }

  /** What the user has said about the speakers of a conversation, undefined where nothing. */
  findCorrections(uid: string, conversationId: string): Promise<SpeakerCorrections | undefined> {
    return this.#store.find(speakerCorrections, uid, conversationId);
  }

  /** Takes the user's word on who a speaker is, for words of the conversation that are still to come. */
  async rememberSpeaker(
    uid: string,
    conversationId: string,
    speaker: number,
    person: string,
  ): Promise<void> {
    const now = this.#clock.now();
    await this.#store.transact((tx) =>
      rememberSpeaker(tx, uid, conversationId, speaker, person, now),
    );
  }

  /** Asks for the end of a conversation now. */
  async requestEnd(uid: string, conversationId: string): Promise<void> {
    await this.#store.transact((tx) => {
      const now = this.#clock.now();
      tx.patch(conversations, uid, conversationId, { endRequestedAt: now, forced: true });
      enqueueFinalise(tx, uid, conversationId, now, now);
    });
  }
}

/**
 * Drops what is stored already where the position has moved further than the caller knows: by another
 * run of the same recovery, or by a commit whose answer was lost.
 */
function notYetStored(
  segments: readonly TranscriptSegment[],
  storedMs: number,
  move: Move | null,
): readonly TranscriptSegment[] {
  if (move === null || storedMs <= move.fromMs) return segments;
  return segments.filter((s) => (s.startMs + s.endMs) / 2 >= storedMs - ROUNDING_MS);
}

/** A conversation whose last audio waits to be heard, as while every provider is down. */
async function findUnheard(
  tx: Transaction,
  uid: string,
  open: readonly Conversation[],
  timeoutMs: number,
  now: number,
): Promise<Conversation | undefined> {
  for (const conversation of open) {
    const filters = { conversationId: conversation.id };
    const request = { query: 'ofConversation', filters, limit: 50 } as const;
    const { items } = await tx.query(listenSessions, uid, request);
    if (items.some((session) => endsUnheard(session, timeoutMs, now))) return conversation;
  }
  return undefined;
}

/** Writes the job that ends a conversation; where it stands already, its time is changed. */
export function enqueueFinalise(
  writer: DocumentWriter,
  uid: string,
  conversationId: string,
  dueAt: number,
  now: number,
): void {
  enqueueJob(writer, { kind: FINALISE_JOB, uid, subject: conversationId, dueAt }, now);
}

function isEmpty(conversation: Conversation): boolean {
  return conversation.nextSeq === 0 && conversation.transcriptChunks === 0;
}

/** Wall time that the conversation's clock counts from: its first speech. */
function startOf(
  conversation: Conversation,
  audioStartedAt: number,
  first: TranscriptSegment | undefined,
): number {
  // Where several channels speak, what is heard first need not be what was said first.
  if (isEmpty(conversation) && first && !conversation.exclusive)
    return Math.round(audioStartedAt + first.startMs);
  return conversation.startedAt ?? conversation.createdAt;
}

/**
 * The tail, where the same channel goes on. What two channels say is never moved from one to the
 * other: there the speakers are known, not guessed.
 */
function sameSpeaker(
  tail: TranscriptSegment | undefined,
  next: TranscriptSegment | undefined,
): TranscriptSegment | undefined {
  return tail?.speaker === next?.speaker ? tail : undefined;
}

function shiftSegment(segment: TranscriptSegment, shiftMs: number): TranscriptSegment {
  const shift = (ms: number) => Math.round(ms + shiftMs);
  return {
    ...segment,
    startMs: shift(segment.startMs),
    endMs: shift(segment.endMs),
    words: segment.words.map((word) => ({
      ...word,
      startMs: shift(word.startMs),
      endMs: shift(word.endMs),
    })),
  };
}
