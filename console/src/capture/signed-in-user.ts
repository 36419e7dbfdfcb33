import { createOmiClient } from '../../../src/client/index.ts';
import { noteServerTime } from '../api/server-clock.ts';

/** How long a network that passes nothing is waited for, milliseconds. */
const TIMEOUT_MS = 5_000;

/**
 * Asks the server who is signed in: a user's id, null if nobody is, undefined if it does not say. Unlike
 * the calls of `api` it does not lead to the sign-in page: a recording is under way.
 */
export async function signedInUser(): Promise<string | null | undefined> {
  const { api } = createOmiClient({ baseUrl: '.', token: null });
  try {
    const { data, response } = await api.GET('/v1/users/profile', {
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    noteServerTime(response);
    return response.status === 401 ? null : data?.uid;
  } catch {
    // No connection: the next attempt asks again.
    return undefined;
  }
}
