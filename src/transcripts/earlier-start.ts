import type { Conversation, LiveSegment } from '../model/conversation.ts';
import type { TranscriptSegment } from '../model/transcript-segment.ts';
import type { Transaction } from '../store/document-store.ts';
import { moveSegment } from './segment-times.ts';
import { loadLiveSegments, updateSegments } from './transcript.ts';

/** Live segments that are moved in one commit, at most; below Firestore's 500 writes a transaction. */
const MAX_MOVED = 400;
/**
 * Words from so long before the conversation's start can belong to it, milliseconds: no silence within a
 * conversation is longer.
 */
const MAX_EARLIER_MS = 4 * 3_600_000;

export interface EarlierStart {
  startedAt: number;
  /** The new segments, none of which begins before 0. */
  segments: TranscriptSegment[];
  /** What was stored, with its new times; empty if nothing had to move. */
  moved: LiveSegment[];
}

/**
 * Makes room for words that arrive late and were spoken before the conversation's first words: its start
 * moves back, so that no time is negative, and what is stored moves with it. Words from long before, and words
 * that would move too much, are placed at the start instead.
 *
 * @param segments on the conversation's clock, so that some may begin before 0
 */
export async function makeEarlierStart(
  tx: Transaction,
  uid: string,
  conversation: Conversation,
  placed: { startedAt: number; segments: TranscriptSegment[] },
  now: number,
): Promise<EarlierStart> {
  const { startedAt, segments } = placed;
  const earlier = segments
    .map(({ startMs }) => -startMs)
    .filter((ms) => ms > 0 && ms <= MAX_EARLIER_MS);
  const byMs = Math.max(0, ...earlier);
  const live = byMs > 0 ? await loadLiveSegments(tx, uid, conversation) : [];
  const isMoved = byMs > 0 && live.length <= MAX_MOVED;
  if (isMoved) {
    await updateSegments(tx, uid, conversation.id, now, (segment) => moveSegment(segment, byMs));
  }
  const shiftMs = isMoved ? byMs : 0;
  return {
    startedAt: startedAt - shiftMs,
    segments: segments
      .map((segment) => moveSegment(segment, Math.max(shiftMs, -segment.startMs)))
      .sort((a, b) => a.startMs - b.startMs),
    moved: isMoved
      ? live.map((document) => ({ ...document, segment: moveSegment(document.segment, byMs) }))
      : [],
  };
}
