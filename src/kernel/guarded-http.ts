import dns from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { AppError } from './errors.ts';
import { isLoopbackHost } from './loopback.ts';
import { isPublicAddress } from './public-address.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BYTES = 1024 * 1024;
const CONNECT_TIMEOUT_MS = 5_000;
/** At most this many addresses of a name are tried. */
const ADDRESSES_TRIED = 3;
/** With these codes nothing was sent, so the next address may be tried. */
const NOT_CONNECTED = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'];

export interface GuardedHttpOptions {
  /** True if URLs may point at this machine, and may then be plain http. */
  allowLoopback: boolean;
  /** True if nothing may leave this machine: every other host is refused. */
  isPrivate: boolean;
  /** Resolves a name to all of its addresses. Default: the system's resolver. */
  resolve?: (host: string) => Promise<string[]>;
}

export interface GuardedRequest {
  url: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Names in lower case. The client sets `host` and `content-length`. */
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array | null;
  /** Longest time for the whole exchange, redirects included, milliseconds. */
  timeoutMs?: number;
  /** Largest response, bytes. */
  maxBytes?: number;
  /** Redirects that are followed, each checked like the first URL. 0: a redirect is the response. */
  maxRedirects?: number;
}

export interface GuardedResponse {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/**
 * The one client for URLs from outside (apps, webhooks, tools): https only, to addresses of the public
 * internet only. A name is resolved once, all of its addresses are checked,
 * and the connection goes to the checked address itself, so that a name cannot be made to point
 * elsewhere in between. Redirects are checked like the URL. Size and time are bounded.
 */
export class GuardedHttp {
  readonly #options: GuardedHttpOptions;
  readonly #resolve: (host: string) => Promise<string[]>;

  constructor(options: GuardedHttpOptions) {
    this.#options = options;
    this.#resolve = options.resolve ?? lookUp;
  }

  /**
   * Returns the response of the server, whatever its status.
   *
   * @throws AppError `forbidden` for a URL that is not allowed, `bad-request` if it is not a URL,
   *   `payload-too-large`, `timeout`, `provider-unavailable`; the signal's reason if it is aborted
   */
  async request(request: GuardedRequest, signal: AbortSignal): Promise<GuardedResponse> {
    const timeout = AbortSignal.timeout(request.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const stop = AbortSignal.any([signal, timeout]);
    try {
      return await this.#follow(request, stop);
    } catch (error) {
      signal.throwIfAborted();
      if (timeout.aborted) throw new AppError('timeout', 'The server did not answer in time.');
      throw error;
    }
  }

  /** Throws what `request` would throw because of the URL. */
  async check(url: string): Promise<void> {
    await this.#addressesOf(this.#parse(url));
  }

  async #follow(request: GuardedRequest, signal: AbortSignal): Promise<GuardedResponse> {
    let url = this.#parse(request.url);
    let { method, body, headers } = request;
    for (let left = request.maxRedirects ?? 0; ; left -= 1) {
      const response = await this.#exchange(url, { ...request, method, body, headers }, signal);
      const { location } = response.headers;
      if (left <= 0 || response.status < 300 || response.status > 399 || !location) return response;
      const next = this.#parse(location, url);
      if (response.status !== 307 && response.status !== 308 && method !== 'GET') {
        method = 'GET';
        body = null;
      }
      // Headers and body were meant for the first server.
      if (next.origin !== url.origin) headers = {};
      url = next;
    }
  }

  #parse(text: string, from?: URL): URL {
    if (!URL.canParse(text, from?.href)) {
      throw new AppError('bad-request', 'The address is not a URL.');
    }
    const url = new URL(text, from?.href);
    const { allowLoopback, isPrivate } = this.#options;
    const isLocal = isLoopbackHost(url.hostname);
    if (url.username !== '' || url.password !== '') {
      throw new AppError('forbidden', 'The address holds a user name or password.');
    }
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal && allowLoopback)) {
      throw new AppError('forbidden', 'The address does not begin with https://.');
    }
    if (isLocal && !allowLoopback) throw notAllowed();
    if (isPrivate && !isLocal) {
      throw new AppError('forbidden', 'PRIVATE is set: requests to other machines are refused.');
    }
    return url;
  }

  async #addressesOf(url: URL): Promise<string[]> {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const found = net.isIP(host) === 0 ? await this.#resolve(host) : [host];
    const isLocal = isLoopbackHost(host);
    const isGood = isLocal ? isLoopbackHost : isPublicAddress;
    if (found.length === 0 || !found.every(isGood)) throw notAllowed();
    return found.slice(0, ADDRESSES_TRIED);
  }

  async #exchange(
    url: URL,
    request: GuardedRequest,
    signal: AbortSignal,
  ): Promise<GuardedResponse> {
    const addresses = await this.#addressesOf(url);
    for (const [i, address] of addresses.entries()) {
      try {
        return await exchange(url, address, request, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof AppError) throw error;
        const code = error instanceof Error && 'code' in error ? String(error.code) : '';
        if (NOT_CONNECTED.includes(code) && i + 1 < addresses.length) continue;
        // The system's message contains the address, which may be personal.
        throw new AppError('provider-unavailable', 'The server cannot be reached.', {
          cause: error,
        });
      }
    }
    throw notAllowed();
  }
}

function exchange(
  url: URL,
  address: string,
  request: GuardedRequest,
  signal: AbortSignal,
): Promise<GuardedResponse> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const body = request.body === null ? null : Buffer.from(request.body);
  const isSecure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const outgoing = (isSecure ? https : http).request({
      host: address,
      port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
      path: `${url.pathname}${url.search}`,
      method: request.method,
      // A new connection each time: one that is kept goes to an address that was checked earlier.
      agent: false,
      ...(isSecure && net.isIP(host) === 0 ? { servername: host } : {}),
      headers: {
        'user-agent': 'omi-backend',
        // The size of a compressed body is not known before it is decompressed.
        'accept-encoding': 'identity',
        ...request.headers,
        host: url.host,
        ...(body === null ? {} : { 'content-length': String(body.length) }),
      },
      signal,
    });
    const connecting = setTimeout(() => {
      outgoing.destroy(new AppError('provider-unavailable', 'The server cannot be reached.'));
    }, CONNECT_TIMEOUT_MS);
    outgoing.once('socket', (socket) => {
      socket.once(isSecure ? 'secureConnect' : 'connect', () => clearTimeout(connecting));
    });
    outgoing.once('close', () => clearTimeout(connecting));
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      readBody(response, request.maxBytes ?? DEFAULT_MAX_BYTES).then((bytes) => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body: bytes });
      }, reject);
    });
    outgoing.end(body ?? undefined);
  });
}

async function readBody(response: http.IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response) {
    size += part.length;
    if (size > maxBytes) {
      response.destroy();
      throw new AppError('payload-too-large', 'The answer of the server is too large.');
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function lookUp(host: string): Promise<string[]> {
  try {
    return (await dns.lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    throw new AppError('provider-unavailable', 'The server cannot be found.', { cause: error });
  }
}

function notAllowed(): AppError {
  return new AppError('forbidden', 'The address is not one of the public internet.');
}
