import { backoffDelay, wait } from '../../../kernel/backoff.ts';

/** Tries of one request: the first and what follows. */
const TRIES = 4;
const BACKOFF = { initialMs: 200, maxMs: 3000, jitter: 0.3 };
/** Longest `Retry-After` that is waited for; whoever is asked to wait longer gives up. */
const LONGEST_WAIT_MS = 10_000;
const TIMEOUT_MS = 15_000;

type Fetch = (input: Parameters<typeof fetch>[0], init?: RequestInit) => Promise<Response>;

/**
 * `fetch` that repeats what is refused for now: 429, 5xx and lost connections, after what
 * `Retry-After` asks for, else with growing pauses. Every request of the adapter may be made twice.
 * This is the one place of the adapter that repeats.
 */
export function retryingFetch(fetchOnce: Fetch = fetch): Fetch {
  return async (input, init) => {
    for (let tries = 1; ; tries += 1) {
      const outcome = await attempt(fetchOnce, input, init);
      if (tries >= TRIES || !mayPass(outcome)) return finish(outcome);
      const asked = outcome instanceof Response ? retryAfterMs(outcome) : null;
      if (asked !== null && asked > LONGEST_WAIT_MS) return finish(outcome);
      if (outcome instanceof Response) await outcome.body?.cancel();
      await wait(asked ?? backoffDelay(BACKOFF, tries - 1));
    }
  };
}

async function attempt(
  fetchOnce: Fetch,
  input: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
): Promise<Response | Error> {
  try {
    return await fetchOnce(input, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function mayPass(outcome: Response | Error): boolean {
  // A server that keeps silent for so long is not asked again at once.
  if (outcome instanceof Error) return outcome.name !== 'TimeoutError';
  return outcome.status === 429 || outcome.status >= 500;
}

function finish(outcome: Response | Error): Response {
  if (outcome instanceof Error) throw outcome;
  return outcome;
}

/** What `Retry-After` asks for (seconds, or a date), null if it does not say. */
function retryAfterMs(response: Response): number | null {
  const header = response.headers.get('retry-after');
  if (header === null) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
