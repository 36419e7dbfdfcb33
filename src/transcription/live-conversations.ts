import { noteConversationChange } from '../conversations/transcript.ts';
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
import { listenSessions } from '../model/listen-session.ts';
import type { TranscriptSegment } from '../model/transcript-segment.ts';
import type { DocumentStore, DocumentWriter, Transaction } from '../store/document-store.ts';
import { combineSegments } from './combine-segments.ts';

/** Kind of the job that ends a live conversation; its subject is the conversation. */
export const FINALISE_JOB = 'finalise';

/** How long words that came after the end are gathered before the conversation is processed again. */
const LATE_WORDS_DELAY_MS = 2_000;

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
  session: { id: string; transcribedMs: number } | null;
}

export interface AppendResult {
  conversation: Conversation;
  updated: TranscriptSegment[];
  removedIds: string[];
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
      const warm = items.find(
        (c) => c.endRequestedAt === null && now - c.activeAt < options.timeoutMs,
      );
      for (const other of items) {
        if (other.id === warm?.id || other.endRequestedAt !== null) continue;
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

  /** The newest live conversation of a user, undefined where there is none. */
  async findCurrent(uid: string): Promise<Conversation | undefined> {
    const { items } = await this.#store.query(conversations, uid, {
      query: 'recent',
      filters: { status: ['in_progress'] },
      limit: 20,
    });
    return items.find((c) => c.endRequestedAt === null);
  }

  /**
   * Commits new words. Answers undefined where the conversation no longer exists. Words for one that has
   * ended already are added all the same, and it is processed once more.
   */
  append(request: AppendRequest): Promise<AppendResult | undefined> {
    return this.#store.transact(async (tx) => {
      const { uid, conversationId } = request;
      const now = this.#clock.now();
      const stored = await tx.find(conversations, uid, conversationId);
      if (!stored) return undefined;
      const tail = stored.tailSegmentId
        ? await tx.find(liveSegments, uid, stored.tailSegmentId)
        : undefined;
      const segments = await this.#notYetStored(tx, request);

      const first = segments[0];
      const startedAt = startOf(stored, request.audioStartedAt, first);
      const shiftMs = request.audioStartedAt - startedAt;
      const moved = segments.map((segment) => shiftSegment(segment, shiftMs));
      const { updated, removedIds } = combineSegments(tail?.segment ?? null, moved);

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
      if (request.session) {
        const { id, transcribedMs } = request.session;
        tx.patch(listenSessions, uid, id, { transcribedMs });
      }
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
      return { conversation: { ...stored, ...fields }, updated, removedIds };
    });
  }

  /** Asks for the end of a conversation now. */
  async requestEnd(uid: string, conversationId: string): Promise<void> {
    await this.#store.transact((tx) => {
      const now = this.#clock.now();
      tx.patch(conversations, uid, conversationId, { endRequestedAt: now, forced: true });
      enqueueFinalise(tx, uid, conversationId, now, now);
    });
  }

  /** Drops what another run of the same recovery has stored already, so that it is not stored twice. */
  async #notYetStored(tx: Transaction, request: AppendRequest): Promise<TranscriptSegment[]> {
    if (!request.session) return [...request.segments];
    const session = await tx.find(listenSessions, request.uid, request.session.id);
    const storedUntil = session?.transcribedMs ?? 0;
    return request.segments.filter((s) => (s.startMs + s.endMs) / 2 >= storedUntil);
  }
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

/** Wall time that the conversation's clock counts from: its first speech. */
function startOf(
  conversation: Conversation,
  audioStartedAt: number,
  first: TranscriptSegment | undefined,
): number {
  const empty = conversation.nextSeq === 0 && conversation.transcriptChunks === 0;
  if (empty && first) return Math.round(audioStartedAt + first.startMs);
  return conversation.startedAt ?? conversation.createdAt;
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
