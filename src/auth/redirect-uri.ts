import { AppError } from '../kernel/errors.ts';

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]', '::1'];
/** Of Omi's apps for phones and desktops; they do not know PKCE, nor does Omi's command line. */
const OMI_SCHEMES = ['omi', 'omi-computer', 'omi-computer-dev'];
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;

/**
 * Checks where a sign-in may lead back to: an app that the operator has named, or a program on the
 * same machine. Any other address could belong to an attacker.
 *
 * @param schemes of the apps, in lower case
 * @throws AppError `bad-request`
 */
export function assertRedirectUri(uri: string, schemes: readonly string[]): void {
  const scheme = schemeOf(uri);
  // Control characters and white space are read differently by different parsers.
  if (scheme === null || /[\s\p{Cc}]/u.test(uri)) throw refusal();
  if (scheme === 'http') {
    if (!URL.canParse(uri) || !LOOPBACK_HOSTS.includes(new URL(uri).hostname)) throw refusal();
  } else if (!schemes.includes(scheme)) throw refusal();
}

/**
 * True if a client that is led back there can use PKCE (RFC 7636), and so must. Omi's apps cannot,
 * and neither can its command line, which listens on a port of the machine like many others.
 */
export function mustProveKey(uri: string): boolean {
  const scheme = schemeOf(uri);
  return scheme !== 'http' && scheme !== null && !OMI_SCHEMES.includes(scheme);
}

function schemeOf(uri: string): string | null {
  return SCHEME.exec(uri)?.[1]?.toLowerCase() ?? null;
}

function refusal(): AppError {
  return new AppError(
    'bad-request',
    'Invalid redirect_uri: it must be an address of an app that AUTH_REDIRECT_SCHEMES names, or of this device.',
  );
}

/** The address with `code` and `state` added to what it has of a query. */
export function redirectTarget(uri: string, code: string, state: string | null): string {
  const added = new URLSearchParams({ code, ...(state === null ? {} : { state }) });
  const [beforeHash = '', hash] = uri.split('#', 2);
  const separator = beforeHash.includes('?') ? '&' : '?';
  return `${beforeHash}${separator}${added}${hash === undefined ? '' : `#${hash}`}`;
}
