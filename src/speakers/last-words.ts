import { conversations, liveSegments } from '../model/conversation.ts';
import type { ListenSession } from '../model/listen-session.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { HeardSpan } from '../stt/stream-speakers.ts';
import { spanAt } from '../transcripts/session-spans.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import { labelNumberOf } from './conversation-speakers.ts';

/** How long before the position words are of use, milliseconds, and how many segments may hold them. */
const LOOK_BACK_MS = 6_000;
const LOOK_BACK_SEGMENTS = 30;

/**
 * The words that a session had transcribed when it ended, the last seconds of them, on the clock of
 * its audio and with the numbers of their labels.
 */
export async function lastWords(
  store: DocumentStore,
  session: Pick<ListenSession, 'uid' | 'audioStartedAt' | 'transcribedMs' | 'spans'>,
): Promise<HeardSpan[]> {
  const { uid, audioStartedAt, transcribedMs } = session;
  const conversationId = spanAt(session.spans, transcribedMs)?.conversationId;
  if (conversationId === undefined || audioStartedAt === null || transcribedMs === 0) return [];
  const conversation = await store.find(conversations, uid, conversationId);
  if (!conversation || conversation.startedAt === null) return [];
  const shiftMs = conversation.startedAt - audioStartedAt;
  const request = { query: 'tailOfConversation', filters: { conversationId } } as const;
  const live = await store.query(liveSegments, uid, { ...request, limit: LOOK_BACK_SEGMENTS });
  const segments =
    live.items.length > 0
      ? live.items.map(({ segment }) => segment)
      : (await loadTranscript(store, uid, conversation)).slice(-LOOK_BACK_SEGMENTS);
  return segments
    .flatMap(({ speaker, words }) =>
      words.map((word) => ({
        startMs: word.startMs + shiftMs,
        endMs: word.endMs + shiftMs,
        speaker: labelNumberOf(speaker),
      })),
    )
    .filter(
      ({ startMs, endMs }) => endMs >= transcribedMs - LOOK_BACK_MS && startMs < transcribedMs,
    )
    .sort((a, b) => a.startMs - b.startMs);
}
