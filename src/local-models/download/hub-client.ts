import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { AppError } from '../../kernel/errors.ts';
import { isLoopbackHost } from '../../kernel/loopback.ts';

export interface HubOptions {
  /** Address of the hub or of a mirror of it, without a final slash. */
  mirror: string;
  /** As the variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY have them; null for none. */
  proxy: { http: string | null; https: string | null; no: string | null };
  connectTimeoutMs: number;
  /** Longest time without a byte. */
  idleTimeoutMs: number;
}

export const HUB_DEFAULTS = {
  connectTimeoutMs: 30_000,
  idleTimeoutMs: 60_000,
} as const satisfies Partial<HubOptions>;

const MAX_REDIRECTS = 5;

/** What the hub says of a file before its content comes. */
export interface HubFile {
  /** 200, 206 or 416. */
  status: number;
  /** Lower-case hexadecimal, of a large file. */
  sha256: string | null;
  /** Git's name of a small file: SHA-1 over a header and the content. */
  gitBlob: string | null;
  /** Of the whole file. */
  sizeBytes: number | null;
  /** Where the content begins, of a 206. */
  rangeStart: number | null;
  /** The commit that the revision stands for. */
  commit: string | null;
  body: Readable;
}

/**
 * Gets files of model repositories from the Hugging Face hub or a mirror of it, over a proxy if one
 * is set. Redirects lead to https only, and never to this machine, unless the mirror is there.
 * Protocol: https://huggingface.co/docs/huggingface_hub/package_reference/file_download
 */
export class HubClient {
  readonly #o: HubOptions;
  #connections: Promise<Connections> | undefined;

  constructor(options: Pick<HubOptions, 'mirror' | 'proxy'> & Partial<HubOptions>) {
    this.#o = { ...HUB_DEFAULTS, ...options };
  }

  /**
   * Asks for a file from byte `from` on. The caller reads or destroys the body.
   *
   * @throws AppError `not-found`, `forbidden`, `rate-limited`, `provider-unavailable`, `timeout`
   *   with the cause in its message
   */
  async get(
    { repository, revision, path }: { repository: string; revision: string; path: string },
    from: number,
    signal: AbortSignal,
  ): Promise<HubFile> {
    let url = new URL(
      `${this.#o.mirror}/${repository}/resolve/${revision}/${path.split('/').map(encodeURIComponent).join('/')}`,
    );
    const told: Partial<HubFile> = {};
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const response = await this.#request(url, from, signal);
      const { statusCode: status, headers, body } = response;
      noteHeaders(told, headers);
      const location = textOf(headers, 'location');
      if (status >= 300 && status < 400 && location !== null) {
        body.on('error', () => undefined).destroy();
        url = this.#redirected(url, location);
        continue;
      }
      if (status === 200 || status === 206 || status === 416) {
        const length = Number(textOf(headers, 'content-length') ?? Number.NaN);
        return {
          sha256: told.sha256 ?? null,
          gitBlob: told.gitBlob ?? null,
          commit: told.commit ?? null,
          status,
          ...rangeOf(status, headers, told.sizeBytes ?? null, length),
          body,
        };
      }
      body.on('error', () => undefined).destroy();
      throw refusal(status, url.host, path, headers);
    }
    throw new AppError('provider-unavailable', `${url.host} sends the download round in circles.`);
  }

  async close(): Promise<void> {
    await (await this.#connections)?.dispatcher.destroy();
  }

  async #request(url: URL, from: number, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    this.#connections ??= openConnections(this.#o);
    try {
      const { dispatcher, request } = await this.#connections;
      return await request(url, {
        dispatcher,
        signal,
        headers: {
          'user-agent': 'omi-backend',
          'accept-encoding': 'identity',
          ...(from > 0 ? { range: `bytes=${from}-` } : {}),
        },
      });
    } catch (error) {
      signal.throwIfAborted();
      throw connectionError(error, url.host);
    }
  }

  #redirected(from: URL, location: string): URL {
    const mirror = new URL(this.#o.mirror);
    if (!URL.canParse(location, from.href)) {
      throw new AppError('provider-unavailable', `${from.host} redirects to what is no address.`);
    }
    const to = new URL(location, from.href);
    const isMirror = to.origin === mirror.origin;
    const isAllowed = isMirror || (to.protocol === 'https:' && !isLoopbackHost(to.hostname));
    if (isAllowed) return to;
    throw new AppError(
      'forbidden',
      `${from.host} redirects to ${to.origin}: only https addresses of other machines are followed.`,
    );
  }
}

interface Connections {
  dispatcher: Dispatcher;
  request: typeof import('undici').request;
}

/** Loads the HTTP client, which only downloads need. */
async function openConnections({
  proxy,
  connectTimeoutMs,
  idleTimeoutMs,
}: HubOptions): Promise<Connections> {
  // The package is CommonJS: in the bundle it has no other export than the default one.
  const { default: undici } = await import('undici');
  const { Agent, EnvHttpProxyAgent, request } = undici;
  const limits = {
    connect: { timeout: connectTimeoutMs },
    headersTimeout: idleTimeoutMs,
    bodyTimeout: idleTimeoutMs,
  };
  if (proxy.http === null && proxy.https === null)
    return { dispatcher: new Agent(limits), request };
  const dispatcher = new EnvHttpProxyAgent({
    ...limits,
    // Empty, not undefined: it would read the environment by itself.
    httpProxy: proxy.http ?? '',
    httpsProxy: proxy.https ?? '',
    noProxy: proxy.no ?? '',
  });
  return { dispatcher, request };
}

type Headers = Dispatcher.ResponseData['headers'];

function textOf(headers: Headers, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** The hub describes a file in the first response, also if that is a redirect. */
function noteHeaders(told: Partial<HubFile>, headers: Headers): void {
  const linked = quoted(textOf(headers, 'x-linked-etag'));
  const etag = quoted(textOf(headers, 'etag'));
  const size = Number(textOf(headers, 'x-linked-size') ?? Number.NaN);
  if (linked !== null && /^[0-9a-f]{64}$/.test(linked)) told.sha256 ??= linked;
  if (etag !== null && /^[0-9a-f]{40}$/.test(etag)) told.gitBlob ??= etag;
  if (Number.isSafeInteger(size) && size >= 0) told.sizeBytes ??= size;
  const commit = textOf(headers, 'x-repo-commit');
  if (commit !== null && /^[0-9a-f]{40}$/.test(commit)) told.commit ??= commit;
}

function quoted(etag: string | null): string | null {
  return etag === null ? null : etag.replace(/^W\//, '').replaceAll('"', '').toLowerCase();
}

function rangeOf(
  status: number,
  headers: Headers,
  toldSize: number | null,
  length: number,
): { rangeStart: number | null; sizeBytes: number | null } {
  const range = /^bytes (?:(\d{1,15})-\d{1,15}|\*)\/(\d{1,15}|\*)$/.exec(
    textOf(headers, 'content-range') ?? '',
  );
  const rangeStart = range?.[1] === undefined ? null : Number(range[1]);
  if (toldSize !== null) return { rangeStart, sizeBytes: toldSize };
  const total = range?.[2];
  if (total !== undefined && total !== '*') return { rangeStart, sizeBytes: Number(total) };
  return { rangeStart, sizeBytes: status === 200 && Number.isSafeInteger(length) ? length : null };
}

function refusal(status: number, host: string, path: string, headers: Headers): AppError {
  if (status === 404) {
    return new AppError('not-found', `${host} has no file ${path} in this revision of the model.`);
  }
  if (status === 401 || status === 403) {
    return new AppError(
      'forbidden',
      `${host} refuses the download of ${path} (${status}): the model may ask for a licence to be accepted, or a proxy stands in between.`,
    );
  }
  if (status === 407) {
    return new AppError(
      'forbidden',
      'The proxy wants a user name and a password: see HTTPS_PROXY.',
    );
  }
  const seconds = Number(textOf(headers, 'retry-after') ?? Number.NaN);
  const wait = Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {};
  if (status === 429) {
    return new AppError('rate-limited', `${host} allows no further download now (429).`, wait);
  }
  return new AppError('provider-unavailable', `${host} answers ${status}.`, {
    ...wait,
    retryable: status >= 500,
  });
}

/** What a failed connection was about, in words that say what to look at. */
export function connectionError(error: unknown, host: string): AppError {
  const code = codeOf(error);
  const options = { cause: error };
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new AppError(
        'provider-unavailable',
        `The name ${host} cannot be found: is there a network?`,
        options,
      );
    case 'ECONNREFUSED':
      return new AppError('provider-unavailable', `${host} refuses the connection.`, options);
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return new AppError('timeout', `${host} cannot be reached in time.`, options);
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return new AppError('timeout', `${host} has stopped sending.`, options);
    case 'ENOSPC':
      return new AppError('disk-full', 'The disk is full.', options);
    default:
      break;
  }
  if (/CERT|TLS|SSL/.test(code)) {
    return new AppError(
      'provider-unavailable',
      `The certificate of ${host} is not accepted (${code}): a proxy may stand in between; see NODE_EXTRA_CA_CERTS.`,
      { ...options, retryable: false },
    );
  }
  return new AppError(
    'provider-unavailable',
    `The connection to ${host} broke off (${code}).`,
    options,
  );
}

function codeOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return error instanceof Error ? error.name : 'unknown';
}
