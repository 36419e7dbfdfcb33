import type { IncomingHttpHeaders } from 'node:http';

const NAME = 'omi_session';
const ATTEMPT = 'omi_sign_in';
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** Value of the session cookie in a `Cookie` header; undefined if there is none. */
export function readSessionCookie(header: string | undefined): string | undefined {
  return readCookie(header, NAME);
}

/** Value of the cookie of a sign-in that was begun; undefined if there is none. */
export function readAttemptCookie(header: string | undefined): string | undefined {
  return readCookie(header, ATTEMPT);
}

function readCookie(header: string | undefined, wanted: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === wanted && value) return value;
  }
  return undefined;
}

/**
 * A `Set-Cookie` value that keeps a sign-in at the issuer's page, or forgets it if `started` is null. The
 * browser brings it along when the issuer leads back (`SameSite=Lax`), and only to the sign-in routes.
 */
export function attemptCookie(
  started: { attempt: string; maxAgeS: number } | null,
  { path, isSecure }: { path: string; isSecure: boolean },
): string {
  const parts = [
    `${ATTEMPT}=${started?.attempt ?? ''}`,
    `Path=${path}v1/auth/issuer`,
    `Max-Age=${started?.maxAgeS ?? 0}`,
    'HttpOnly',
    'SameSite=Lax',
  ];
  if (isSecure) parts.push('Secure');
  return parts.join('; ');
}

/**
 * A `Set-Cookie` value that keeps a session, or ends it if `session` is null. Scripts cannot read it,
 * and no other site's requests carry it.
 * @param path the path that the server is reached under, `/` at least
 */
export function sessionCookie(
  session: { token: string; maxAgeS: number } | null,
  { path, isSecure }: { path: string; isSecure: boolean },
): string {
  const parts = [
    `${NAME}=${session?.token ?? ''}`,
    `Path=${path}`,
    `Max-Age=${session?.maxAgeS ?? 0}`,
    'HttpOnly',
    'SameSite=Strict',
  ];
  if (isSecure) parts.push('Secure');
  return parts.join('; ');
}

/**
 * The session's token, if the request may use it: a cookie counts only for what this server's own
 * pages ask for. Browsers say where a request comes from in `Sec-Fetch-Site`, and in `Origin` if
 * they do not know the former; a request that changes something must say one of them.
 * @param publicOrigin the configured origin, null if it is the one of the `Host` header
 */
export function sessionTokenOf(
  method: string,
  headers: IncomingHttpHeaders,
  publicOrigin: string | null,
): string | undefined {
  const token = readSessionCookie(headers.cookie);
  if (token === undefined) return undefined;
  return isOwnPage(method, headers, publicOrigin) ? token : undefined;
}

/** True if a request was sent by a page of this server, or by its reader. */
export function isOwnPage(
  method: string,
  headers: IncomingHttpHeaders,
  publicOrigin: string | null,
): boolean {
  const site = headers['sec-fetch-site'];
  // `none` is the reader's own doing: an address typed, a bookmark.
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin } = headers;
  if (origin === undefined) return SAFE_METHODS.includes(method);
  if (publicOrigin !== null && origin === new URL(publicOrigin).origin) return true;
  return URL.canParse(origin) && new URL(origin).host === headers.host;
}
