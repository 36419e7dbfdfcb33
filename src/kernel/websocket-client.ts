import type { IncomingMessage } from 'node:http';
import { type RawData, WebSocket } from 'ws';
import { AsyncQueue, type ClosableIterator } from './async-queue.ts';
import { AppError } from './errors.ts';

export interface WebSocketConnectOptions {
  /** `ws:` or `wss:` address with its query. */
  url: string;
  headers: Record<string, string>;
  /** An abort ends the handshake or the open connection at once. */
  signal: AbortSignal;
  /** Limit of the opening handshake. */
  timeoutMs: number;
}

/** One message from the server. `receivedAt` is `performance.now()` of its arrival. */
export interface WebSocketMessage {
  data: string | Uint8Array;
  receivedAt: number;
}

/** How a connection ended; code 1006 if there was no close frame. */
export interface WebSocketClose {
  code: number;
  reason: string;
  /** The transport's own error, for a log line. */
  error: Error | null;
}

/**
 * The opening handshake failed. `http`: the server responded with another status than 101; `status`,
 * `headers` and the start of the body are set. `network`: no response. `timeout`: none in time.
 */
export class WebSocketHandshakeError extends Error {
  readonly kind: 'http' | 'network' | 'timeout';
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;

  constructor(
    kind: 'http' | 'network' | 'timeout',
    message: string,
    details: {
      status: number | null;
      headers: Readonly<Record<string, string>>;
      body: string;
      cause: unknown;
    },
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'WebSocketHandshakeError';
    this.kind = kind;
    this.status = details.status;
    this.headers = details.headers;
    this.body = details.body;
  }
}

/** `send` waits while more than this many bytes are buffered in the socket. */
const HIGH_WATER_BYTES = 128 * 1024;
/** The socket is paused while this many messages wait for the reader. */
const PAUSE_AT_MESSAGES = 512;
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
const MAX_ERROR_BODY_BYTES = 8 * 1024;
const CLOSE_TIMEOUT_MS = 1000;
const TEXT = { binary: false };
const BINARY = { binary: true };

/**
 * Opens a client connection. Compression is off: audio does not shrink and the window costs memory.
 *
 * @throws WebSocketHandshakeError; AppError `aborted` if the signal is aborted first
 */
export function connectWebSocket(options: WebSocketConnectOptions): Promise<WebSocketConnection> {
  const { signal } = options;
  if (signal.aborted) return Promise.reject(abortedError());
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(options.url, {
      headers: options.headers,
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: MAX_MESSAGE_BYTES,
      // A frame that is not UTF-8 is skipped; the stream goes on.
      skipUTF8Validation: true,
    });
    let settled = false;
    const settle = (): boolean => {
      if (settled) return false;
      settled = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      return true;
    };
    const fail = (error: Error): void => {
      if (!settle()) return;
      socket.terminate();
      reject(error);
    };
    const onAbort = (): void => fail(abortedError());
    const timer = setTimeout(
      () => fail(handshakeError('timeout', 'No answer to the WebSocket handshake in time.')),
      options.timeoutMs,
    );
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('unexpected-response', (_request, response) => {
      readErrorBody(response).then(
        (body) => fail(httpError(response, body)),
        () => fail(httpError(response, '')),
      );
    });
    // The listener stays after a failure: terminating a socket that is still connecting emits an error.
    const onError = (cause: unknown): void =>
      fail(handshakeError('network', 'The WebSocket connection could not be opened.', cause));
    socket.on('error', onError);
    socket.once('open', () => {
      if (!settle()) return;
      const connection = new WebSocketConnection(socket, signal);
      // They would keep the options and all of the handshake as long as the connection lives.
      socket.off('error', onError);
      socket.removeAllListeners('unexpected-response');
      resolve(connection);
    });
  });
}

/** An open connection. Iterate over it once to read its messages; it ends when the socket closes. */
export class WebSocketConnection implements AsyncIterable<WebSocketMessage> {
  /** Resolves when the connection has ended, for any reason. */
  readonly closed: Promise<WebSocketClose>;
  readonly #socket: WebSocket;
  readonly #messages = new AsyncQueue<WebSocketMessage>();
  #closeTimer: NodeJS.Timeout | undefined;
  #skips: (data: string | Uint8Array) => boolean = () => false;

  /** @param socket just opened; nothing else may listen to its messages */
  constructor(socket: WebSocket, signal: AbortSignal) {
    this.#socket = socket;
    const onAbort = (): void => this.terminate();
    signal.addEventListener('abort', onAbort, { once: true });
    let failure: Error | null = null;
    socket.on('error', (error) => {
      failure = error;
    });
    socket.on('message', (data, isBinary) => {
      const message = toMessageData(data, isBinary);
      if (this.#skips(message)) return;
      this.#messages.push({ data: message, receivedAt: performance.now() });
      if (this.#messages.size >= PAUSE_AT_MESSAGES) socket.pause();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        signal.removeEventListener('abort', onAbort);
        clearTimeout(this.#closeTimer);
        this.#messages.end();
        resolve({ code, reason: reason.toString('utf8'), error: failure });
      });
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** From now on messages for which `skips` returns true are dropped as they come. It must not throw. */
  skip(skips: (data: string | Uint8Array) => boolean): void {
    this.#skips = skips;
  }

  /**
   * Sends a binary message if that takes no wait. Returns false, and sends nothing, if much is buffered. What
   * is sent into a connection that is gone is dropped: its reader sees how it ended.
   */
  sendNow(data: Uint8Array): boolean {
    if (!this.isOpen) return true;
    if (this.#socket.bufferedAmount >= HIGH_WATER_BYTES) return false;
    this.#socket.send(data, BINARY);
    return true;
  }

  /**
   * Sends a text (string) or binary message. Resolves at once if little is buffered, otherwise when the
   * message has left the process. Resolves to false if the connection is gone.
   */
  async send(data: string | Uint8Array): Promise<boolean> {
    if (!this.isOpen) return false;
    const options = typeof data === 'string' ? TEXT : BINARY;
    if (this.#socket.bufferedAmount < HIGH_WATER_BYTES) {
      // A failure is seen by the reader of the connection.
      this.#socket.send(data, options);
      return true;
    }
    return new Promise<boolean>((resolve) => {
      this.#socket.send(data, options, (error) => resolve(error === undefined || error === null));
    });
  }

  /**
   * Sends a ping. Resolves to true when the server has responded, so it has read everything sent
   * before; to false if the connection ends first.
   */
  async ping(): Promise<boolean> {
    if (!this.isOpen) return false;
    const answered = new Promise<boolean>((resolve) => {
      this.#socket.once('pong', () => resolve(true));
    });
    this.#socket.ping();
    return Promise.race([answered, this.closed.then(() => false)]);
  }

  /** Starts the closing handshake; the socket is destroyed if the server does not complete it. */
  close(code = 1000, reason = ''): void {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    this.#socket.resume();
    this.#socket.close(code, reason);
    this.#closeTimer ??= setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT_MS);
  }

  /** Destroys the socket without a closing handshake. */
  terminate(): void {
    this.#socket.resume();
    this.#socket.terminate();
  }

  /** No generator: it would make three promises for each message. */
  [Symbol.asyncIterator](): ClosableIterator<WebSocketMessage> {
    const messages = this.#messages[Symbol.asyncIterator]();
    return {
      next: () => {
        const next = messages.next();
        if (this.#socket.isPaused && this.#messages.size < PAUSE_AT_MESSAGES / 2) {
          this.#socket.resume();
        }
        return next;
      },
      return: () => messages.return(),
    };
  }
}

function toMessageData(data: RawData, isBinary: boolean): string | Uint8Array {
  const bytes = Array.isArray(data)
    ? Buffer.concat(data)
    : data instanceof ArrayBuffer
      ? Buffer.from(data)
      : data;
  return isBinary ? bytes : bytes.toString('utf8');
}

async function readErrorBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_ERROR_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_ERROR_BODY_BYTES).toString('utf8');
}

function httpError(response: IncomingMessage, body: string): WebSocketHandshakeError {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const status = response.statusCode ?? null;
  return new WebSocketHandshakeError('http', 'The server refused the WebSocket handshake.', {
    status,
    headers,
    body,
    cause: undefined,
  });
}

function handshakeError(
  kind: 'network' | 'timeout',
  message: string,
  cause?: unknown,
): WebSocketHandshakeError {
  return new WebSocketHandshakeError(kind, message, { status: null, headers: {}, body: '', cause });
}

function abortedError(): AppError {
  return new AppError('aborted', 'The connection attempt was cancelled.');
}
