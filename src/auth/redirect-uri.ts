import { AppError } from '../kernel/errors.ts';

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]', '::1'];
/** Schemes that a browser runs, shows or reads by itself, and the web, which is no app. */
const REFUSED_SCHEMES = [
  'https',
  'javascript',
  'data',
  'vbscript',
  'file',
  'blob',
  'filesystem',
  'about',
];
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;

/**
 * Where a sign-in may lead back to: an app's own scheme, or a program on the same machine. Anything
 * else could be somebody else's page. Throws `bad-request`.
 */
export function assertRedirectUri(uri: string): void {
  const scheme = SCHEME.exec(uri)?.[1]?.toLowerCase();
  // Control characters and white space are read differently by different parsers.
  if (scheme === undefined || /[\s\p{Cc}]/u.test(uri)) throw refusal();
  if (scheme === 'http') {
    if (!URL.canParse(uri) || !LOOPBACK_HOSTS.includes(new URL(uri).hostname)) throw refusal();
  } else if (REFUSED_SCHEMES.includes(scheme)) throw refusal();
}

function refusal(): AppError {
  return new AppError(
    'bad-request',
    'Invalid redirect_uri: it has to be an address of an app or of this device.',
  );
}

/** The address with `code` and `state` added to what it has of a query. */
export function redirectTarget(uri: string, code: string, state: string | null): string {
  const added = new URLSearchParams({ code, ...(state === null ? {} : { state }) });
  const [beforeHash = '', hash] = uri.split('#', 2);
  const separator = beforeHash.includes('?') ? '&' : '?';
  return `${beforeHash}${separator}${added}${hash === undefined ? '' : `#${hash}`}`;
}
