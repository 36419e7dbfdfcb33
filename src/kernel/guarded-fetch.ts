import type { GuardedHttp } from './guarded-http.ts';

/** The part of `fetch` that clients of others take. */
export type FetchLike = (url: string | URL, init?: RequestInit) => Promise<Response>;

const KEPT_HEADERS = ['content-type', 'mcp-session-id', 'www-authenticate'] as const;

/** A `fetch` whose requests are made by the guarded client. A redirect is the response. */
export function guardedFetch(
  http: Pick<GuardedHttp, 'request'>,
  limits: { signal: AbortSignal; timeoutMs: number; maxBytes: number },
): FetchLike {
  const { signal, timeoutMs, maxBytes } = limits;
  return async (url, init) => {
    const response = await http.request(
      {
        url: String(url),
        method: init?.method === 'POST' ? 'POST' : 'GET',
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: init?.body === undefined || init.body === null ? null : String(init.body),
        timeoutMs,
        maxBytes,
      },
      init?.signal ? AbortSignal.any([signal, init.signal]) : signal,
    );
    const headers = KEPT_HEADERS.flatMap((name): [string, string][] => {
      const value = response.headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    });
    return new Response(response.body.length === 0 ? null : new Uint8Array(response.body), {
      status: response.status,
      headers,
    });
  };
}
