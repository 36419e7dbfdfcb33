import { AppError } from '../kernel/errors.ts';
import { type ListenSession, listenSessions } from '../model/conversations/listen-session.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader } from '../store/document-store.ts';
import type { Span } from './join-plan.ts';

/** How far the clocks of a device and of the server may be apart, milliseconds. */
const SKEW_MS = 5_000;

/**
 * Throws while live audio of a time is not transcribed yet: its words come later, and only words that are stored
 * can be told from those of a file.
 *
 * @throws `conflict`
 */
export async function assertNotStillHeard(
  reader: DocumentReader,
  uid: string,
  words: Span,
): Promise<void> {
  for await (const session of queryAll(reader, listenSessions, uid, { query: 'ofConversation' })) {
    if (!isStillHeard(session, words)) continue;
    throw new AppError('conflict', 'Live audio of this time is still being transcribed.');
  }
}

function isStillHeard(session: ListenSession, { startAt, endAt }: Span): boolean {
  const { audioStartedAt, transcribedMs, audioEndMs, state } = session;
  if (audioStartedAt === null || state === 'recording') return false;
  const from = audioStartedAt + transcribedMs;
  const until = audioStartedAt + (audioEndMs ?? Number.POSITIVE_INFINITY);
  return endAt > from - SKEW_MS && startAt < until + SKEW_MS;
}
