import { z } from 'zod';
import type { GuardedHttp } from '../../kernel/guarded-http.ts';
import { parseJson } from '../../kernel/json.ts';
import { isLoopbackHost } from '../../kernel/loopback.ts';
import { OAuthRefusal } from './oauth-refusal.ts';

const REGISTERED = 'omi_client_';
const MAX_REDIRECTS = 10;
const MAX_URI = 500;
const MAX_NAME = 100;
const MAX_METADATA_BYTES = 65_536;
const METADATA_TIMEOUT_MS = 5_000;
/** Schemes that run or show something in the browser itself. */
const UNSAFE_SCHEMES = new Set([
  'javascript:',
  'data:',
  'vbscript:',
  'file:',
  'blob:',
  'filesystem:',
  'about:',
  'view-source:',
  'ws:',
  'wss:',
  'ftp:',
]);

/** A program that asks a user for access. */
export interface ConnectorClient {
  id: string;
  /** As it calls itself. */
  name: string;
  redirectUris: readonly string[];
  /** The host that vouches for name and addresses; null if the program registered itself. */
  host: string | null;
}

const metadataSchema = z.object({
  client_id: z.string(),
  client_name: z.string().optional(),
  redirect_uris: z.array(z.string()).min(1).max(MAX_REDIRECTS),
});
const registeredSchema = z.object({ n: z.string(), r: z.array(z.string()).min(1) });

/**
 * Programs by their client ids: an id that is the address of a document about the program (client id
 * metadata documents), or one that dynamic registration gave out (RFC 7591). The latter holds what was
 * registered and is stored nowhere: anybody may register, so there is nothing that a store would protect.
 */
export class ConnectorClients {
  readonly #http: Pick<GuardedHttp, 'request'>;

  constructor(deps: { http: Pick<GuardedHttp, 'request'> }) {
    this.#http = deps.http;
  }

  /** @throws OAuthRefusal `invalid_client` */
  async find(id: string, signal: AbortSignal): Promise<ConnectorClient> {
    if (id.startsWith(REGISTERED)) return registeredClient(id);
    if (id.startsWith('https://') || id.startsWith('http://')) return await this.#load(id, signal);
    throw new OAuthRefusal('invalid_client', 'The client_id is not known.');
  }

  /**
   * Registers a program.
   *
   * @throws OAuthRefusal `invalid_redirect_uri`, `invalid_client_metadata`
   */
  register(name: string | null, redirectUris: readonly string[]): ConnectorClient {
    if (redirectUris.length === 0 || redirectUris.length > MAX_REDIRECTS) {
      throw new OAuthRefusal('invalid_redirect_uri', `Give 1 to ${MAX_REDIRECTS} redirect_uris.`);
    }
    if (!redirectUris.every(isAllowedRedirect)) {
      throw new OAuthRefusal(
        'invalid_redirect_uri',
        'A redirect URI must be https, http on this device, or of an app, and have no fragment.',
      );
    }
    const n = shownName(name);
    const json = JSON.stringify({ n, r: redirectUris });
    const id = `${REGISTERED}${Buffer.from(json, 'utf8').toString('base64url')}`;
    return { id, name: n, redirectUris, host: null };
  }

  async #load(id: string, signal: AbortSignal): Promise<ConnectorClient> {
    const refuse = (reason: string) => new OAuthRefusal('invalid_client', reason);
    const url = URL.canParse(id) ? new URL(id) : null;
    if (!url || url.pathname === '/' || url.hash !== '' || url.username !== '') {
      throw refuse('The client_id is no address of a document.');
    }
    const text = await this.#fetch(id, signal);
    const document = metadataSchema.safeParse(parseJson(text));
    if (!document.success || document.data.client_id !== id) {
      throw refuse('The document of the client_id does not describe it.');
    }
    const { redirect_uris, client_name } = document.data;
    if (!redirect_uris.every(isAllowedRedirect)) {
      throw refuse('The document of the client_id has a redirect URI that is not allowed.');
    }
    return {
      id,
      name: shownName(client_name ?? url.host),
      redirectUris: redirect_uris,
      host: url.host,
    };
  }

  async #fetch(url: string, signal: AbortSignal): Promise<string> {
    try {
      const { status, body } = await this.#http.request(
        {
          url,
          method: 'GET',
          headers: { accept: 'application/json' },
          body: null,
          timeoutMs: METADATA_TIMEOUT_MS,
          maxBytes: MAX_METADATA_BYTES,
        },
        signal,
      );
      if (status === 200) return body.toString('utf8');
    } catch {
      // Why is the caller's business only in that the document cannot be had.
    }
    throw new OAuthRefusal('invalid_client', 'The document of the client_id cannot be read.');
  }
}

/** True if a program may be led back there: as registered, or on another port of this device. */
export function mayRedirect(client: ConnectorClient, redirectUri: string): boolean {
  if (!isAllowedRedirect(redirectUri)) return false;
  return client.redirectUris.some(
    (known) => known === redirectUri || isSameOnDevice(known, redirectUri),
  );
}

/** Programs on the device listen on whatever port is free (RFC 8252, section 7.3). */
function isSameOnDevice(known: string, given: string): boolean {
  const [a, b] = [new URL(known), new URL(given)];
  if (a.protocol !== 'http:' || !isLoopbackHost(a.hostname)) return false;
  return (
    a.protocol === b.protocol &&
    a.hostname === b.hostname &&
    a.pathname === b.pathname &&
    a.search === b.search
  );
}

function isAllowedRedirect(uri: string): boolean {
  // Control characters and white space are read differently by different parsers.
  if (uri.length > MAX_URI || /[\s\p{Cc}\\]/u.test(uri) || !URL.canParse(uri)) return false;
  const url = new URL(uri);
  if (url.hash !== '' || uri.includes('#') || url.username !== '' || url.password !== '') {
    return false;
  }
  if (url.protocol === 'https:') return true;
  if (url.protocol === 'http:') return isLoopbackHost(url.hostname);
  return !UNSAFE_SCHEMES.has(url.protocol);
}

function registeredClient(id: string): ConnectorClient {
  const text = Buffer.from(id.slice(REGISTERED.length), 'base64url').toString('utf8');
  const known = registeredSchema.safeParse(parseJson(text));
  if (!known.success || !known.data.r.every(isAllowedRedirect)) {
    throw new OAuthRefusal('invalid_client', 'The client_id is not known.');
  }
  return { id, name: shownName(known.data.n), redirectUris: known.data.r, host: null };
}

/** A name as it may be shown: one line, not long. */
function shownName(name: string | null): string {
  const line = (name ?? '').replace(/[\p{C}\s]+/gu, ' ').trim();
  return line === '' ? 'A program without a name' : line.slice(0, MAX_NAME);
}
