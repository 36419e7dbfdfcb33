import { apiUrl } from '../api/client.ts';
import { noteServerTime } from '../api/server-clock.ts';

/** How long a network that passes nothing is waited for, milliseconds. */
const TIMEOUT_MS = 5_000;

/**
 * Asks the server who is signed in: a user's id, null if nobody is, undefined if it does not say. Unlike
 * a request of the API's client it does not lead to the sign-in page: a recording is under way.
 */
export async function signedInUser(): Promise<string | null | undefined> {
  try {
    const response = await fetch(apiUrl('/v1/users/profile'), {
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    noteServerTime(response);
    if (response.status === 401) return null;
    if (!response.ok) return undefined;
    const { uid } = (await response.json()) as { uid: string };
    return uid;
  } catch {
    // No connection: the next attempt asks again.
    return undefined;
  }
}
