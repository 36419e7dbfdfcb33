import { editTime } from '../conversations/conversation-access.ts';
import { enqueue } from '../jobs/enqueue.ts';
import { AppError } from '../kernel/errors.ts';
import { idFromText } from '../kernel/ids.ts';
import {
  type Conversation,
  conversations,
  type LiveSegment,
  liveSegments,
  makeConversation,
} from '../model/conversations/conversation.ts';
import { listenSessions } from '../model/conversations/listen-session.ts';
import { joinedConversations, type SyncFile } from '../model/conversations/sync-file.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { processJob } from '../model/jobs.ts';
import type { SpeakerCorrections } from '../model/people/speaker-correction.ts';
import { searchChanged } from '../search/search-changed.ts';
import type { DocumentWriter, Transaction } from '../store/document-store.ts';
import { moveSegment } from '../transcripts/segment-times.ts';
import { corrected, findSpeakerCorrections } from '../transcripts/speaker-corrections.ts';
import {
  encodeTranscript,
  inSpokenOrder,
  loadFinalisedSegments,
  loadLiveSegments,
  writeTranscript,
} from '../transcripts/transcript.ts';
import { withoutAlreadyHeard } from './already-heard.ts';
import { type JoinPlan, planJoin } from './join-plan.ts';
import { findJoined, findNeighbours, takesSpeech, toNeighbour } from './neighbours.ts';
import { type RunSpeakers, relabelJoined } from './run-speakers.ts';
import { assertNotStillHeard } from './still-heard.ts';

/** Words of a file without a long pause. */
export interface Piece {
  uid: string;
  file: SyncFile;
  /** Times of the wall, epoch milliseconds; labels of the run. */
  segments: readonly TranscriptSegment[];
  language: string | null;
  speakers: RunSpeakers;
  /** Keys (`wordKey`) of words that begin or end in another file. */
  crossing: ReadonlySet<string>;
}

/** Where words went. */
export interface Placed {
  conversationId: string;
  isNew: boolean;
}

/** Live segments that are moved in one commit, at most; below Firestore's 500 writes a transaction. */
const MAX_MOVED = 300;
/** How far from its conversation a file may be that a client has assigned, milliseconds. */
const MAX_APART_MS = 12 * 3_600_000;
/** How long a conversation that grows waits for more before it is processed once more, milliseconds. */
const GROWTH_DELAY_MS = 15_000;

/** What a transaction has read of a conversation. */
interface Loaded {
  conversation: Conversation;
  /** All segments, times of the wall. */
  stored: TranscriptSegment[];
  live: LiveSegment[];
  finalised: TranscriptSegment[];
}

/**
 * Stores words in the conversation of their time, in the transaction that reads it: in one that is there, together
 * with those that become part of it, or in a new one. Returns null if all words were stored already and there
 * is nothing to tell.
 *
 * @throws `conflict` while a conversation that it concerns is being changed by something else
 */
export async function planWords(
  tx: Transaction,
  piece: Piece,
  now: number,
): Promise<(writer: DocumentWriter) => Placed> {
  const { uid, file } = piece;
  const span = spanOf(piece.segments);
  await assertNotStillHeard(tx, uid, span);
  const found = await findNeighbours(tx, uid, span);
  const asked = await findAsked(tx, piece, span);
  const plan: JoinPlan = asked
    ? { into: asked.id, absorbed: [] }
    : planJoin(span, found.map(toNeighbour));
  if (plan.into === null) return planNew(piece, span, now);
  const target = asked ?? found.find(({ id }) => id === plan.into);
  if (!target) throw new AppError('conflict', 'The conversation has gone meanwhile.');
  const others = found.filter(({ id }) => plan.absorbed.includes(id));
  for (const conversation of [target, ...others]) assertAtRest(conversation);
  for (const other of others) await assertHeard(tx, uid, other);
  const loaded = await load(tx, uid, target);
  const joined = await Promise.all(others.map((other) => load(tx, uid, other)));
  const corrections = await findSpeakerCorrections(tx, uid, target.id);
  return await planGrowth(
    piece,
    { loaded, joined, corrections },
    file.conversationId !== null,
    now,
  );
}

async function findAsked(
  tx: Transaction,
  { uid, file }: Piece,
  span: { startAt: number; endAt: number },
): Promise<Conversation | undefined> {
  if (file.conversationId === null) return undefined;
  const asked = await findJoined(tx, uid, file.conversationId);
  if (!asked || asked.isLocked || !takesSpeech(asked)) return undefined;
  const { startAt, endAt } = toNeighbour(asked);
  const apartMs = Math.max(span.startAt - endAt, startAt - span.endAt);
  return apartMs <= MAX_APART_MS ? asked : undefined;
}

function spanOf(segments: readonly TranscriptSegment[]): { startAt: number; endAt: number } {
  return {
    startAt: Math.min(...segments.map(({ startMs }) => startMs)),
    endAt: Math.max(...segments.map(({ endMs }) => endMs)),
  };
}

function assertAtRest({ status }: Conversation): void {
  if (status !== 'merging') return;
  throw new AppError('conflict', 'The conversation is being joined with another one.');
}

/** Words that are still to come would find no conversation. */
async function assertHeard(tx: Transaction, uid: string, { id }: Conversation): Promise<void> {
  const { items } = await tx.query(listenSessions, uid, {
    query: 'ofConversation',
    filters: { conversationId: id },
    limit: 50,
  });
  if (items.length === 0) return;
  throw new AppError('conflict', 'The conversation is still being transcribed.');
}

async function load(tx: Transaction, uid: string, conversation: Conversation): Promise<Loaded> {
  const finalised = await loadFinalisedSegments(tx, uid, conversation);
  const live = await loadLiveSegments(tx, uid, conversation);
  const origin = originOf(conversation);
  const all = [...finalised, ...live.map(({ segment }) => segment)];
  const stored = inSpokenOrder(all).map((segment) => moveSegment(segment, origin));
  return { conversation, stored, live, finalised };
}

function originOf({ startedAt, createdAt }: Conversation): number {
  return startedAt ?? createdAt;
}

async function planNew(
  piece: Piece,
  span: { startAt: number; endAt: number },
  now: number,
): Promise<(writer: DocumentWriter) => Placed> {
  const { uid, file, speakers, language } = piece;
  // The same words of the same file make the same conversation.
  const id = idFromText(`sync:${uid}:${file.id}:${span.startAt}`);
  const segments = speakers.relabel(piece.segments, [], []);
  const conversation = makeConversation({
    id,
    createdAt: span.startAt,
    updatedAt: now,
    finishedAt: span.endAt,
    activeAt: now,
    source: file.source,
    language,
    status: 'processing',
    timeoutMs: file.timeoutMs,
    fromFiles: true,
  });
  const chunks = await encodeTranscript(
    id,
    segments.map((segment) => moveSegment(segment, -span.startAt)),
  );
  return (writer) => {
    const transcriptChunks = writeTranscript(writer, uid, conversation, chunks);
    writer.put(conversations, uid, { ...conversation, transcriptChunks });
    searchChanged(writer, uid, 'conversation', id, now);
    requestLater(writer, uid, id, now);
    return { conversationId: id, isNew: true };
  };
}

async function planGrowth(
  piece: Piece,
  read: { loaded: Loaded; joined: Loaded[]; corrections: SpeakerCorrections | undefined },
  isForced: boolean,
  now: number,
): Promise<(writer: DocumentWriter) => Placed> {
  const { uid } = piece;
  const { loaded, joined, corrections } = read;
  const { conversation, live } = loaded;
  const { id } = conversation;
  const moved = joined.flatMap(({ stored }) => relabelJoined(stored, loaded.stored));
  const before = inSpokenOrder([...loaded.stored, ...moved]);
  const heard = withoutAlreadyHeard(before, piece.segments, piece.crossing);
  const labelled = piece.speakers.relabel(heard.fresh, before, heard.sameSpeakers);
  const fresh = labelled.map((segment) => corrected(segment, corrections, false));
  if (fresh.length === 0 && moved.length === 0) {
    return () => ({ conversationId: id, isNew: false });
  }
  const added = [...moved, ...fresh];
  const startedAt = Math.min(originOf(conversation), ...added.map(({ startMs }) => startMs));
  const byMs = originOf(conversation) - startedAt;
  if (byMs > 0 && live.length > MAX_MOVED) {
    throw new AppError('conflict', 'The conversation is too long to move while it is live.');
  }
  const chunks = await encodeTranscript(
    id,
    inSpokenOrder([
      ...loaded.finalised.map((segment) => moveSegment(segment, byMs)),
      ...added.map((segment) => moveSegment(segment, -startedAt)),
    ]),
  );
  return (writer) => {
    for (const { id: segmentId, segment } of byMs > 0 ? live : []) {
      writer.patch(liveSegments, uid, segmentId, { segment: moveSegment(segment, byMs) });
    }
    const isLive = conversation.status === 'in_progress';
    writer.patch(conversations, uid, id, {
      ...carriedOver(conversation, joined),
      transcriptChunks: writeTranscript(writer, uid, conversation, chunks),
      startedAt,
      // Lists are by this time; a conversation of files is listed by when it was spoken.
      ...(conversation.fromFiles ? { createdAt: Math.min(conversation.createdAt, startedAt) } : {}),
      finishedAt: Math.max(conversation.finishedAt ?? 0, ...added.map(({ endMs }) => endMs)),
      updatedAt: editTime(conversation, now),
      ...(isLive ? {} : { status: 'processing', forced: conversation.forced || isForced }),
    });
    for (const { conversation: other } of joined) writeJoined(writer, uid, other, id, now);
    searchChanged(writer, uid, 'conversation', id, now);
    if (!isLive) requestLater(writer, uid, id, now);
    return { conversationId: id, isNew: false };
  };
}

/** What the user has done with conversations that become part of another. */
function carriedOver(target: Conversation, joined: readonly Loaded[]): Partial<Conversation> {
  const others = joined.map(({ conversation }) => conversation);
  const titled = target.titleEdited ? undefined : others.find(({ titleEdited }) => titleEdited);
  const described = target.overviewEdited
    ? undefined
    : others.find(({ overviewEdited }) => overviewEdited);
  const { structured } = target;
  return {
    starred: target.starred || others.some(({ starred }) => starred),
    titleEdited: target.titleEdited || titled !== undefined,
    overviewEdited: target.overviewEdited || described !== undefined,
    structured: {
      ...structured,
      title: titled?.structured.title ?? structured.title,
      overview: described?.structured.overview ?? structured.overview,
      overviewEvidence: (described?.structured ?? structured).overviewEvidence,
    },
    gaps: [...target.gaps, ...others.flatMap(({ gaps }) => gaps)].sort(
      (a, b) => a.startAt - b.startAt,
    ),
  };
}

/** Its words are in the other one now; the job moves the rest of it and deletes it. */
function writeJoined(
  writer: DocumentWriter,
  uid: string,
  conversation: Conversation,
  into: string,
  now: number,
): void {
  const { id } = conversation;
  writer.patch(conversations, uid, id, {
    status: 'merging',
    processingConversationId: into,
    updatedAt: editTime(conversation, now),
  });
  writer.put(joinedConversations, uid, { id, into, state: 'moving', createdAt: now });
}

function requestLater(writer: DocumentWriter, uid: string, subject: string, now: number): void {
  const payload = { language: null, keepsTitle: false };
  enqueue(writer, processJob, { uid, subject, dueAt: now + GROWTH_DELAY_MS, payload }, now);
}
