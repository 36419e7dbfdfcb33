import type { ListenSession } from '../model/conversations/listen-session.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';

/** Words are never late before this, however short the time is that ends a conversation. */
const LATE_MS = 30_000;

/**
 * Divides new words at a silence that is long enough to end a conversation. That is counted by
 * when they were spoken, not by when they arrive: what is transcribed late has the same borders.
 *
 * @param segments in the order in which they were spoken, times in milliseconds of audio
 * @param audioStartedAt wall time of the audio's first byte
 * @param before.lastSpokenAt when the conversation was last spoken, null if it has no words yet
 */
export function divideAtPause(
  segments: readonly TranscriptSegment[],
  audioStartedAt: number,
  before: { lastSpokenAt: number | null; timeoutMs: number },
): { fitting: TranscriptSegment[]; rest: TranscriptSegment[] } {
  let lastSpokenAt = before.lastSpokenAt ?? audioStartedAt + (segments[0]?.startMs ?? 0);
  for (const [i, segment] of segments.entries()) {
    if (audioStartedAt + segment.startMs - lastSpokenAt >= before.timeoutMs) {
      return { fitting: segments.slice(0, i), rest: segments.slice(i) };
    }
    lastSpokenAt = Math.max(lastSpokenAt, audioStartedAt + segment.endMs);
  }
  return { fitting: [...segments], rest: [] };
}

/**
 * True for words that were transcribed so long after they were spoken that the job that ends idle
 * conversations could not tell by them when there was a pause.
 */
export function isLate(
  segments: readonly TranscriptSegment[],
  audioStartedAt: number,
  timeoutMs: number,
  now: number,
): boolean {
  const last = segments.at(-1);
  return last !== undefined && now - (audioStartedAt + last.endMs) >= Math.max(timeoutMs, LATE_MS);
}

/**
 * True if an ended session has audio that is not transcribed yet, and ended so recently that
 * its conversation continues: its last sentence may be unfinished.
 */
export function endsUnheard(session: ListenSession, timeoutMs: number, now: number): boolean {
  const { state, audioStartedAt, audioEndMs, transcribedMs } = session;
  if (state !== 'draining' || audioStartedAt === null || audioEndMs === null) return false;
  return audioEndMs - transcribedMs > 1 && now - (audioStartedAt + audioEndMs) < timeoutMs;
}
