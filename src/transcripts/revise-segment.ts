import {
  type Conversation,
  conversations,
  type LiveSegment,
  liveSegments,
} from '../model/conversations/conversation.ts';
import type { SuggestedPart } from '../model/conversations/suggested-part.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { searchChangedForLater } from '../search/search-changed.ts';
import type { Transaction } from '../store/document-store.ts';
import type { AppendDeps } from './append-segments.ts';

/** Segments at the end of a conversation in which a part is looked for if it has been moved. */
const LOOK_BACK = 10;

export interface Revision {
  uid: string;
  conversationId: string;
  /** The stored segment that the part went into. */
  segmentId: string;
  before: SuggestedPart;
  after: SuggestedPart;
  /** Who speaks, by the client's word. */
  speaker: Pick<TranscriptSegment, 'speaker' | 'isUser'>;
}

/**
 * Replaces what a client suggested before by what it suggests now, inside the stored segment that it has
 * become part of. Returns undefined if that cannot be done: the conversation is over, or its user has
 * edited the text.
 */
export function reviseSegment(
  { store, clock }: AppendDeps,
  revision: Revision,
): Promise<{ conversation: Conversation; segment: TranscriptSegment } | undefined> {
  return store.transact(async (tx) => {
    const { uid, conversationId, after } = revision;
    const conversation = await tx.find(conversations, uid, conversationId);
    const document = conversation && (await findPart(tx, revision));
    if (!conversation || !document) return undefined;
    const startedAt = conversation.startedAt ?? conversation.createdAt;
    const segment = revised(document.segment, revision, startedAt);
    const suggested = (document.suggested ?? []).map((part) =>
      isSamePart(part, revision.before) ? after : part,
    );
    tx.patch(liveSegments, uid, document.id, { segment, suggested });
    const now = clock.now();
    const fields = {
      finishedAt: Math.max(conversation.finishedAt ?? 0, startedAt + segment.endMs),
      activeAt: now,
      updatedAt: Math.max(now, conversation.updatedAt + 1),
    };
    tx.patch(conversations, uid, conversationId, fields);
    searchChangedForLater(tx, uid, 'conversation', conversationId, now);
    return { conversation: { ...conversation, ...fields }, segment };
  });
}

/** The live segment that holds the part's words; undefined if none does. */
async function findPart(
  tx: Transaction,
  { uid, conversationId, segmentId, before }: Revision,
): Promise<LiveSegment | undefined> {
  const holds = ({ segment, suggested }: LiveSegment) =>
    segment.originalText === null &&
    segment.text.includes(before.text) &&
    (suggested ?? []).some((part) => isSamePart(part, before));
  const own = await tx.find(liveSegments, uid, segmentId);
  if (own && own.conversationId === conversationId && holds(own)) return own;
  const filters = { conversationId };
  const request = { query: 'tailOfConversation', filters, limit: LOOK_BACK } as const;
  return (await tx.query(liveSegments, uid, request)).items.find(holds);
}

function isSamePart(part: SuggestedPart, other: SuggestedPart): boolean {
  return part.id === other.id && part.text === other.text && part.startAt === other.startAt;
}

function revised(
  segment: TranscriptSegment,
  { before, after, speaker }: Revision,
  startedAt: number,
): TranscriptSegment {
  const { text } = segment;
  const at = text.lastIndexOf(before.text);
  const isLast = at + before.text.length === text.length;
  const isWhole = isLast && at === 0;
  const endMs = Math.max(segment.startMs + 1, after.endAt - startedAt);
  return {
    ...segment,
    text: text.slice(0, at) + after.text + text.slice(at + before.text.length),
    words: [],
    ...(isLast ? { endMs: isWhole ? endMs : Math.max(segment.endMs, endMs) } : {}),
    // A speaker named by the user or the server is kept.
    ...(isWhole && segment.personId === null && !segment.isUser ? speaker : {}),
  };
}
