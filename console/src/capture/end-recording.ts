import { ApiError, api, dataOf } from '../api/client.ts';
import type { Outbox } from './outbox.ts';

/** Pauses between attempts to end the conversation; the last one repeats. */
const FINALISE_RETRY_MS = [1_000, 2_000, 4_000, 8_000, 30_000];

/**
 * Ends the conversation of a recording that has arrived whole, and forgets the recording. Returns the id of the
 * conversation; null if nobody said anything: then there is none.
 *
 * @throws ApiError if the server refuses
 */
export async function endRecording(
  outbox: Outbox,
  id: string,
  conversationId: string,
): Promise<string | null> {
  try {
    return await finalise(outbox, id, conversationId);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    await outbox.remove(id);
    return null;
  }
}

/**
 * Tries again for as long as the server cannot be reached: a conversation that has ended is ended by it no
 * further.
 */
async function finalise(outbox: Outbox, id: string, conversationId: string): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const ended = await dataOf(
        api.POST('/v1/conversations/{id}/finalize', { params: { path: { id: conversationId } } }),
      );
      await outbox.remove(id);
      return ended.conversation.id;
    } catch (error) {
      // Signed out: whoever has recorded signs in again.
      const isTemporary =
        error instanceof ApiError &&
        (error.status === 0 || error.status === 401 || error.status >= 500);
      if (!isTemporary) throw error;
      const delay = FINALISE_RETRY_MS[Math.min(attempt, FINALISE_RETRY_MS.length - 1)];
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
}
