import type { AudioRange } from '../audio/audio-format.ts';
import { type ConversationGap, conversations } from '../model/conversations/conversation.ts';
import { searchChanged } from '../search/search-changed.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { type Span, spanAt } from './session-spans.ts';

/** Missing audio up to this length is rounding, milliseconds. */
const TOLERANCE_MS = 20;
/** Gaps that a conversation keeps apart; beyond that neighbours are joined. */
const MAX_GAPS = 200;

/** Which session the audio is of. */
export interface GapSession {
  uid: string;
  spans: readonly Span[];
  /** Wall time of the first audio byte. */
  audioStartedAt: number;
}

export interface UnheardAudio {
  gap: AudioRange;
  /** Audio before this was heard. */
  heardMs: number;
  reason: ConversationGap['reason'];
}

/**
 * Writes down, in the conversations that it belongs to, that a stretch of audio was never heard and
 * never will be. A conversation that has nothing but a gap is kept, so that it is seen.
 */
export async function recordGap(
  store: DocumentStore,
  { uid, spans, audioStartedAt }: GapSession,
  unheard: UnheardAudio,
  now: number,
): Promise<void> {
  const { heardMs, reason } = unheard;
  const startsMs = Math.max(unheard.gap.startMs, heardMs);
  if (unheard.gap.endMs <= startsMs) return;
  const parts = divide({ startMs: startsMs, endMs: unheard.gap.endMs }, spans);
  for (const { conversationId, startMs, endMs } of parts) {
    if (endMs - startMs <= TOLERANCE_MS) continue;
    const gap = {
      startAt: Math.round(audioStartedAt + startMs),
      endAt: Math.round(audioStartedAt + endMs),
      reason,
    };
    await store.transact(async (tx) => {
      const conversation = await tx.find(conversations, uid, conversationId);
      if (!conversation) return;
      const isEmpty = conversation.nextSeq === 0 && conversation.transcriptChunks === 0;
      tx.patch(conversations, uid, conversationId, {
        gaps: joined([...conversation.gaps, gap]),
        forced: conversation.forced || isEmpty,
        updatedAt: Math.max(now, conversation.updatedAt + 1),
      });
      searchChanged(tx, uid, 'conversation', conversationId, now);
    });
  }
}

/** Parts of a stretch by the conversation that they belong to. */
function divide(
  { startMs, endMs }: AudioRange,
  spans: readonly Span[],
): (AudioRange & { conversationId: string })[] {
  const borders = spans.map(({ fromMs }) => fromMs).filter((ms) => ms > startMs && ms < endMs);
  const edges = [startMs, ...borders, endMs];
  return edges.slice(0, -1).flatMap((from, i) => {
    const span = spanAt(spans, from);
    const to = edges[i + 1] ?? endMs;
    return span ? [{ conversationId: span.conversationId, startMs: from, endMs: to }] : [];
  });
}

/** Sorted; touching ones are joined, duplicates count once. */
function joined(gaps: readonly ConversationGap[]): ConversationGap[] {
  const result: ConversationGap[] = [];
  for (const gap of [...gaps].sort((a, b) => a.startAt - b.startAt)) {
    const last = result.at(-1);
    const touches = last !== undefined && gap.startAt <= last.endAt + TOLERANCE_MS;
    if (last !== undefined && (touches || result.length >= MAX_GAPS)) {
      last.endAt = Math.max(last.endAt, gap.endAt);
    } else {
      result.push({ ...gap });
    }
  }
  return result;
}
