import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveEvent, parseLiveEvent, refusalIn } from '../../client/index.ts';
import type { Segment } from '../../client/records.ts';
import { AppError } from '../../kernel/errors.ts';
import {
  connectWebSocket,
  type WebSocketConnection,
  WebSocketHandshakeError,
} from '../../kernel/websocket-client.ts';
import { notReachable, type ServerClient, tokenRefused } from '../api/server-client.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** A session without audio would be taken for gone after 90 s. */
const KEEPALIVE_MS = 20_000;

/** What the server tells during a session. */
export interface ListenHandler {
  onSegments(segments: readonly Segment[]): void;
  onDeleted(ids: readonly string[]): void;
  /** Statuses that the user should see: `stt_unavailable`, `stt_recovered`, `audio_invalid`, … */
  onNotice(status: string, text: string | null): void;
}

/** A client of `/v4/listen`, as a device is one. */
export class ListenClient {
  readonly #connection: WebSocketConnection;
  readonly #handler: ListenHandler;
  readonly #keepalive: NodeJS.Timeout;
  readonly #abort: AbortController;
  #lastStatus: { status: string; text: string | null } | undefined;
  #lastWordsAt = performance.now();
  #isReady = false;
  #onReady: () => void = () => undefined;
  readonly #ready = new Promise<void>((resolve) => {
    this.#onReady = resolve;
  });

  private constructor(
    connection: WebSocketConnection,
    handler: ListenHandler,
    abort: AbortController,
  ) {
    this.#connection = connection;
    this.#handler = handler;
    this.#abort = abort;
    this.#keepalive = setInterval(() => void connection.send(new Uint8Array([0])), KEEPALIVE_MS);
    void this.#read();
  }

  /** Connects and waits until the server listens; throws `AppError` with the reason if it will not. */
  static async open(
    server: ServerClient,
    query: Record<string, string>,
    handler: ListenHandler,
  ): Promise<ListenClient> {
    const abort = new AbortController();
    const url = `${server.url.replace(/^http/u, 'ws')}/v4/listen?${new URLSearchParams(query)}`;
    const connection = await connectWebSocket({
      url,
      headers: server.headers,
      signal: abort.signal,
      timeoutMs: HANDSHAKE_TIMEOUT_MS,
    }).catch((error) => {
      throw handshakeError(server.url, error);
    });
    const client = new ListenClient(connection, handler, abort);
    const closed = connection.closed.then(() => 'closed' as const);
    if ((await Promise.race([client.#ready, closed])) === 'closed') {
      client.close();
      throw await client.#endError();
    }
    return client;
  }

  /** Sends one message. @throws if the server has ended the session */
  async send(data: Uint8Array | string): Promise<void> {
    if (!(await this.#connection.send(data))) throw await this.#endError();
  }

  /** Resolves when the server has read all that was sent. */
  async delivered(): Promise<void> {
    if (!(await this.#connection.ping())) throw await this.#endError();
  }

  /** Resolves when no words have come for `quietMs`. */
  async quiet(quietMs: number): Promise<void> {
    const from = performance.now();
    for (;;) {
      const waitMs = Math.max(from, this.#lastWordsAt) + quietMs - performance.now();
      if (waitMs <= 0) return;
      await sleep(waitMs);
    }
  }

  close(): void {
    clearInterval(this.#keepalive);
    this.#connection.close();
    // Whoever has closed waits for nothing more.
    this.#connection.closed.then(
      () => this.#abort.abort(),
      () => undefined,
    );
  }

  async #read(): Promise<void> {
    for await (const { data } of this.#connection) {
      const event = typeof data === 'string' ? parseLiveEvent(data) : undefined;
      if (event) this.#onEvent(event);
    }
  }

  #onEvent(event: LiveEvent): void {
    if (event.type === 'segments') {
      this.#lastWordsAt = performance.now();
      this.#handler.onSegments(event.segments);
    } else if (event.type === 'segments_deleted') {
      this.#handler.onDeleted(event.segment_ids);
    } else if (event.type === 'service_status') {
      const { status, status_text: text } = event;
      this.#lastStatus = { status, text };
      if (status === 'ready') {
        this.#isReady = true;
        this.#onReady();
      } else if (this.#isReady) {
        // Before that it is either a step of the start or the reason of a refusal, which is thrown.
        this.#handler.onNotice(status, text);
      }
    }
  }

  /** Why the server has ended the session. */
  async #endError(): Promise<AppError> {
    const { code, reason } = await this.#connection.closed;
    const why = this.#lastStatus?.text ?? (reason || 'no reason given');
    const failed = this.#lastStatus?.status === 'stt_failed';
    return new AppError(
      failed ? 'not-configured' : 'provider-unavailable',
      `The server has ended the session (${code}): ${why}`,
    );
  }
}

function handshakeError(url: string, error: unknown): unknown {
  if (!(error instanceof WebSocketHandshakeError)) return error;
  if (error.kind !== 'http') return notReachable(url, error);
  if (error.status !== 403) {
    return new AppError(
      'provider-unavailable',
      `What answers at ${url} (${error.status ?? '?'}) is not an omi-backend that is ready.`,
      { cause: error },
    );
  }
  // The same status says that the query is wrong; only the reason tells.
  const reason = refusalIn(error.status, error.body).message;
  return /token|authorization/iu.test(reason)
    ? tokenRefused(url)
    : new AppError('bad-request', `The server has refused the session: ${reason}`);
}
