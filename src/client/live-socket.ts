import {
  type LiveEvent,
  type LiveOptions,
  type LiveRequest,
  parseLiveEvent,
} from './live-messages.ts';

/** What is used of a WebSocket: that of browsers and of Node 22, or the package `ws`. */
export interface SocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

export type SocketClass = new (url: string) => SocketLike;

/** The server has refused or ended a live session. */
export class LiveSocketError extends Error {
  /** Close code; docs/client-protocol.md says when to try again. */
  readonly code: number;

  constructor(code: number, reason: string) {
    super(`The live session has ended (${code})${reason === '' ? '.' : `: ${reason}`}`);
    this.name = 'LiveSocketError';
    this.code = code;
  }
}

/**
 * A live session: audio and messages in, events out. The socket is that for browsers
 * (`/v4/web/listen`), which takes the token as its first message, so that it works everywhere.
 */
export class LiveSocket implements AsyncIterable<LiveEvent> {
  readonly #socket: SocketLike;
  readonly #waiting: LiveEvent[] = [];
  #wake: () => void = () => undefined;
  #end: { code: number; reason: string } | undefined;

  private constructor(socket: SocketLike) {
    this.#socket = socket;
  }

  /**
   * Connects and signs in.
   *
   * @throws LiveSocketError if the server refuses
   */
  static open(
    socketClass: SocketClass,
    baseUrl: string,
    token: string | null,
    options: LiveOptions,
  ): Promise<LiveSocket> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(options)) query.set(name, String(value));
    const address = `${baseUrl.replace(/^http/, 'ws')}/v4/web/listen?${query}`;
    const socket = new socketClass(address);
    socket.binaryType = 'arraybuffer';
    const live = new LiveSocket(socket);
    return new Promise((resolve, reject) => {
      socket.onopen = () => {
        // Without a token the session cookie of the server's own pages signs in.
        if (token !== null) socket.send(JSON.stringify({ type: 'auth', token }));
        else resolve(live);
      };
      socket.onmessage = ({ data }: { data: unknown }) => {
        if (typeof data !== 'string') return;
        if (data.startsWith('{"type":"auth_response"')) {
          // After a refusal the server closes with the reason.
          if (data.includes('"success":true')) resolve(live);
        } else live.#onFrame(data);
      };
      // A close always follows, with the reason.
      socket.onerror = () => undefined;
      socket.onclose = ({ code, reason }: { code: number; reason: unknown }) => {
        live.#end = { code, reason: String(reason) };
        live.#wake();
        reject(new LiveSocketError(code, String(reason)));
      };
    });
  }

  /** Bytes that wait to be sent: a client that records sends no faster than they go. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Sends audio in the codec that the session was opened with. */
  sendAudio(bytes: Uint8Array<ArrayBuffer>): void {
    this.#socket.send(bytes);
  }

  sendMessage(message: LiveRequest): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** Ends the session; the server finishes the conversation once its silence has lasted. */
  close(): void {
    this.#socket.close(1000);
  }

  /**
   * Yields events until the session ends.
   *
   * @throws LiveSocketError if it was not the client that ended it
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<LiveEvent> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) yield next;
      else if (this.#end === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      } else if (this.#end.code === 1000 || this.#end.code === 1005) return;
      else throw new LiveSocketError(this.#end.code, this.#end.reason);
    }
  }

  #onFrame(frame: string): void {
    const event = parseLiveEvent(frame);
    if (event === undefined) return;
    this.#waiting.push(event);
    this.#wake();
  }
}
