import type { Clock } from '../kernel/clock.ts';
import {
  type Conversation,
  conversations,
  type LiveSegment,
  liveSegments,
} from '../model/conversation.ts';
import { listenSessions } from '../model/listen-session.ts';
import type { SpeakerCorrections } from '../model/speaker-correction.ts';
import type { SuggestedPart } from '../model/suggested-part.ts';
import type { TranscriptSegment } from '../model/transcript-segment.ts';
import { searchChangedForLater } from '../search/search-changed.ts';
import type { DocumentStore, Transaction } from '../store/document-store.ts';
import { combineSegments } from './combine-segments.ts';
import { divideAtPause, isLate } from './conversation-pause.ts';
import { type EarlierStart, makeEarlierStart } from './earlier-start.ts';
import { enqueueFinalise } from './finalise-job.ts';
import { mapTimes, moveSegment } from './segment-times.ts';
import { assertSessionHeld, type SessionLease } from './session-lease.ts';
import { corrected, findSpeakerCorrections } from './speaker-corrections.ts';

/** How long words that came after the end are gathered before the conversation is processed again. */
const LATE_WORDS_DELAY_MS = 2_000;

/** Rounding of word times. A word this much before the position is still treated as new. */
const ROUNDING_MS = 50;

export interface AppendRequest {
  uid: string;
  conversationId: string;
  /** Wall time of the audio's first byte; the times of the segments are counted from it. */
  audioStartedAt: number;
  /** New segments, times in milliseconds of audio. */
  segments: readonly TranscriptSegment[];
  /** Moves the session's position in the same commit; null for words without an audio log. */
  session: (SessionLease & Move) | null;
  /** By id of a new segment: what the client suggested it as. Absent: nothing was suggested. */
  parts?: ReadonlyMap<string, SuggestedPart>;
}

/** Positions of a session's audio, milliseconds: the one that its owner knows, and the next one. */
export interface Move {
  fromMs: number;
  transcribedMs: number;
}

export interface AppendResult {
  conversation: Conversation;
  /** Segments that are new or have changed, with their whole text. */
  updated: TranscriptSegment[];
  /** Other segments whose times have changed, because the start of the conversation has. */
  moved: TranscriptSegment[];
  /** Ids of segments that no longer exist, because their words moved to a neighbour. */
  removedIds: string[];
  /** Words after a pause that ends the conversation. They are not stored; they begin the next one. */
  rest: TranscriptSegment[];
  /** True if the conversation had ended before. */
  isOver: boolean;
  /** The session's position after the commit, milliseconds of audio; 0 without a session. */
  transcribedMs: number;
  /** By id of a new segment with a part: id of the stored segment that holds its words. */
  homes: ReadonlyMap<string, string>;
}

export interface AppendDeps {
  store: DocumentStore;
  clock: Clock;
}

/**
 * Commits new segments at the end of a conversation and moves the session's position in the same
 * commit. Returns undefined if the conversation no longer exists. A conversation that has ended takes
 * them too and is then processed once more.
 *
 * @throws SessionTakenError if the session has another owner by now
 */
export function appendSegments(
  { store, clock }: AppendDeps,
  request: AppendRequest,
): Promise<AppendResult | undefined> {
  return store.transact((tx) => commitSegments(tx, request, clock.now(), { joins: true }));
}

/**
 * Commits a segment that was not spoken into the microphone, `gapMs` after everything that is stored
 * and never merged with it. Returns undefined if the conversation no longer exists.
 *
 * @param request.audioStartedAt what the times of an empty conversation are counted from
 * @param request.segment its times say only how long it is
 */
export function appendAtEnd(
  { store, clock }: AppendDeps,
  request: {
    uid: string;
    conversationId: string;
    audioStartedAt: number;
    gapMs: number;
    segment: TranscriptSegment;
  },
): Promise<AppendResult | undefined> {
  const { uid, conversationId, audioStartedAt, gapMs, segment } = request;
  return store.transact(async (tx) => {
    const stored = await tx.find(conversations, uid, conversationId);
    if (!stored) return undefined;
    const isFirst = isEmpty(stored);
    const origin = isFirst ? audioStartedAt : (stored.startedAt ?? stored.createdAt);
    const lastEndMs = isFirst ? 0 : Math.max(0, (stored.finishedAt ?? origin) - origin);
    const atEnd = moveSegment(segment, lastEndMs + gapMs - segment.startMs);
    const from = { audioStartedAt: origin, segments: [atEnd], session: null };
    return commitSegments(tx, { uid, conversationId, ...from }, clock.now(), { joins: false });
  });
}

/** What the transaction has read of the conversation that the segments go to. */
interface Target {
  conversation: Conversation;
  /** The last live segment, which new words may continue. */
  tail: LiveSegment | undefined;
  corrections: SpeakerCorrections | undefined;
  /** The session's stored position, milliseconds of audio; 0 without a session. */
  storedMs: number;
}

async function commitSegments(
  tx: Transaction,
  request: AppendRequest,
  now: number,
  options: { joins: boolean },
): Promise<AppendResult | undefined> {
  const target = await readTarget(tx, request);
  if (!target) return undefined;
  const { conversation: stored, storedMs } = target;
  const { fitting, rest } = divide(request, target, now);
  if (fitting.length === 0 && rest.length > 0) {
    const unchanged = {
      updated: [],
      moved: [],
      removedIds: [],
      isOver: false,
      transcribedMs: storedMs,
    };
    return { conversation: stored, rest, homes: new Map(), ...unchanged };
  }
  const { startedAt, segments, moved } = await place(tx, request, target, fitting, now);
  const { updated, removedIds } = options.joins
    ? combineSegments(joinableTail(target, segments[0]), segments)
    : { updated: segments, removedIds: [] };
  const homes = homesOf(segments, updated, request.parts);
  const nextSeq = writeSegments(tx, request, target, { updated, removedIds, homes });

  const untilMs = rest.length > 0 ? fitting.at(-1)?.endMs : request.session?.transcribedMs;
  const transcribedMs = Math.max(storedMs, untilMs ?? 0);
  const { uid, conversationId, session } = request;
  if (session) tx.patch(listenSessions, uid, session.id, { transcribedMs });
  const lastEndMs = Math.max(0, ...updated.map((segment) => segment.endMs));
  const fields: Partial<Conversation> = {
    startedAt,
    finishedAt: Math.max(stored.finishedAt ?? 0, Math.round(startedAt + lastEndMs)),
    activeAt: now,
    // Strictly growing, so that a reader of the earlier transcript sees that it has changed.
    updatedAt: Math.max(now, stored.updatedAt + 1),
    nextSeq,
    tailSegmentId: updated.at(-1)?.id ?? stored.tailSegmentId,
  };
  tx.patch(conversations, uid, conversationId, fields);
  searchChangedForLater(tx, uid, 'conversation', conversationId, now);
  const isOver = stored.status !== 'in_progress';
  if (isOver) enqueueFinalise(tx, uid, conversationId, now + LATE_WORDS_DELAY_MS, now);
  return {
    conversation: { ...stored, ...fields },
    updated,
    moved: movedOnly(moved, updated, removedIds),
    removedIds,
    rest,
    isOver,
    transcribedMs,
    homes,
  };
}

async function readTarget(tx: Transaction, request: AppendRequest): Promise<Target | undefined> {
  const { uid, conversationId } = request;
  const session = request.session && (await assertSessionHeld(tx, uid, request.session));
  const conversation = await tx.find(conversations, uid, conversationId);
  if (!conversation) return undefined;
  const tail = conversation.tailSegmentId
    ? await tx.find(liveSegments, uid, conversation.tailSegmentId)
    : undefined;
  const corrections = await findSpeakerCorrections(tx, uid, conversationId);
  return { conversation, tail, corrections, storedMs: session?.transcribedMs ?? 0 };
}

/** The new segments that belong to the conversation, and those after a pause that ends it. */
function divide(
  request: AppendRequest,
  { conversation, storedMs }: Target,
  now: number,
): { fitting: readonly TranscriptSegment[]; rest: TranscriptSegment[] } {
  const { audioStartedAt, session } = request;
  const fresh = notYetStored(request.segments, storedMs, session);
  const { timeoutMs } = conversation;
  // A client that transcribes by itself has its own times, and a call is one conversation.
  const isDivided =
    session !== null && !conversation.exclusive && isLate(fresh, audioStartedAt, timeoutMs, now);
  if (!isDivided) return { fitting: fresh, rest: [] };
  const lastSpokenAt = isEmpty(conversation) ? null : conversation.finishedAt;
  return divideAtPause(fresh, audioStartedAt, { lastSpokenAt, timeoutMs });
}

/**
 * Drops segments that are stored already, if the position has moved further than the caller knows: by
 * another run of the same recovery, or by a commit whose result was lost.
 */
function notYetStored(
  segments: readonly TranscriptSegment[],
  storedMs: number,
  move: Move | null,
): readonly TranscriptSegment[] {
  if (move === null || storedMs <= move.fromMs) return segments;
  return segments.filter((s) => (s.startMs + s.endMs) / 2 >= storedMs - ROUNDING_MS);
}

/**
 * Places new segments on the conversation's clock. If some were spoken before its first words, what is
 * stored of it moves, the target's tail included.
 */
async function place(
  tx: Transaction,
  request: AppendRequest,
  target: Target,
  fitting: readonly TranscriptSegment[],
  now: number,
): Promise<EarlierStart> {
  const { conversation } = target;
  const startedAt = startOf(conversation, request.audioStartedAt, fitting);
  const segments = placeSegments(fitting, request, target, startedAt);
  const { uid } = request;
  const earlier = await makeEarlierStart(tx, uid, conversation, { startedAt, segments }, now);
  const { tail } = target;
  if (tail) target.tail = earlier.moved.find(({ id }) => id === tail.id) ?? tail;
  return earlier;
}

/** The segments that have only moved. */
function movedOnly(
  moved: readonly LiveSegment[],
  updated: readonly TranscriptSegment[],
  removedIds: readonly string[],
): TranscriptSegment[] {
  const others = new Set([...updated.map(({ id }) => id), ...removedIds]);
  return moved.filter(({ id }) => !others.has(id)).map(({ segment }) => segment);
}

/** The segments on the conversation's clock, with the speakers that the user has named. */
function placeSegments(
  segments: readonly TranscriptSegment[],
  request: AppendRequest,
  { corrections }: Target,
  startedAt: number,
): TranscriptSegment[] {
  const shiftMs = request.audioStartedAt - startedAt;
  const toConversation = (ms: number) => Math.round(ms + shiftMs);
  const isClientsOwn = request.session === null;
  return segments.map((segment) =>
    corrected(mapTimes(segment, toConversation), corrections, isClientsOwn),
  );
}

/**
 * The stored segment that new words may be merged into. On a call only words of the same channel are:
 * there the speakers are known, so no word may move from one to the other.
 */
function joinableTail(
  { conversation, tail }: Target,
  next: TranscriptSegment | undefined,
): TranscriptSegment | null {
  if (!tail) return null;
  return conversation.exclusive && tail.segment.speaker !== next?.speaker ? null : tail.segment;
}

/** Which stored segment holds the words of each suggested one, now that neighbours are merged. */
function homesOf(
  incoming: readonly TranscriptSegment[],
  updated: readonly TranscriptSegment[],
  parts: AppendRequest['parts'],
): Map<string, string> {
  const homes = new Map<string, string>();
  let from = 0;
  for (const { id } of incoming) {
    const part = parts?.get(id);
    if (!part) continue;
    const at = updated.findIndex(
      (segment, i) => i >= from && (segment.id === id || segment.text.includes(part.text)),
    );
    from = Math.max(from, at);
    const home = updated[from];
    if (home) homes.set(id, home.id);
  }
  return homes;
}

interface Written {
  updated: readonly TranscriptSegment[];
  removedIds: readonly string[];
  homes: ReadonlyMap<string, string>;
}

/** Writes what has changed. Returns the sequence number that the next new segment gets. */
function writeSegments(
  tx: Transaction,
  { uid, conversationId, parts }: AppendRequest,
  { conversation, tail }: Target,
  { updated, removedIds, homes }: Written,
): number {
  const partsOf = (segmentId: string) =>
    [...homes].flatMap(([id, home]) => (home === segmentId ? (parts?.get(id) ?? []) : []));
  // The words of a tail that is removed have gone to the segment after it.
  let kept = tail?.suggested ?? [];
  let nextSeq = conversation.nextSeq;
  for (const segment of updated) {
    const suggested = [...kept, ...partsOf(segment.id)];
    if (tail && segment.id === tail.id) {
      if (segment !== tail.segment) {
        tx.patch(liveSegments, uid, tail.id, {
          segment,
          ...(suggested.length > 0 ? { suggested } : {}),
        });
      }
    } else {
      if (!tail || !removedIds.includes(tail.id)) suggested.splice(0, kept.length);
      const document: LiveSegment = { id: segment.id, conversationId, seq: nextSeq, segment };
      if (suggested.length > 0) document.suggested = suggested;
      tx.create(liveSegments, uid, document);
      nextSeq += 1;
    }
    kept = [];
  }
  for (const id of removedIds) tx.delete(liveSegments, uid, id);
  return nextSeq;
}

/** True if the conversation has no words yet. */
function isEmpty(conversation: Conversation): boolean {
  return conversation.nextSeq === 0 && conversation.transcriptChunks === 0;
}

/** Wall time of the conversation's first speech, which its clock counts from. */
function startOf(
  conversation: Conversation,
  audioStartedAt: number,
  segments: readonly TranscriptSegment[],
): number {
  const firstMs = segments.reduce((least, { startMs }) => Math.min(least, startMs), Infinity);
  // With several channels the first words that arrive need not be the first that were spoken.
  if (isEmpty(conversation) && segments.length > 0 && !conversation.exclusive) {
    return Math.round(audioStartedAt + firstMs);
  }
  return conversation.startedAt ?? conversation.createdAt;
}
