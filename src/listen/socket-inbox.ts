import type { RawData, WebSocket } from 'ws';

export interface SocketMessage {
  bytes: Buffer;
  isBinary: boolean;
}

/** What may wait for a reader; beyond it the socket is not read, so that the sender has to wait. */
const MAX_WAITING_MESSAGES = 2_000;
const MAX_WAITING_BYTES = 1024 * 1024;

/**
 * The messages of one socket, from its first moment on. `ws` gives a message to whoever listens at
 * that instant and to nobody later, so this listens from the upgrade on and keeps what comes in
 * until somebody reads.
 */
export class SocketInbox {
  readonly #socket: WebSocket;
  #waiting: SocketMessage[] = [];
  #waitingBytes = 0;
  #reader: ((message: SocketMessage) => void) | undefined;
  /** `Date.now()` of the last message. */
  lastMessageAt = Date.now();

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: RawData, isBinary: boolean) => {
      this.lastMessageAt = Date.now();
      const message = { bytes: toBytes(data), isBinary };
      if (this.#reader) this.#reader(message);
      else this.#keep(message);
    });
  }

  /** Gives every message that waits, and every further one, to `reader`. */
  read(reader: (message: SocketMessage) => void): void {
    this.#reader = reader;
    const waiting = this.#waiting;
    this.#forget();
    // First: the reader may want the socket paused again.
    this.#socket.resume();
    for (const message of waiting) reader(message);
  }

  /** Gives one message to `reader`; what comes after it waits again. */
  readOne(reader: (message: SocketMessage) => void): void {
    const first = this.#waiting.shift();
    if (first) {
      this.#waitingBytes -= first.bytes.length;
      reader(first);
      return;
    }
    this.#reader = (message) => {
      this.#reader = undefined;
      reader(message);
    };
  }

  /** Stops giving messages to the reader; further ones wait. */
  pause(): void {
    this.#reader = undefined;
  }

  /** Drops what waits and everything that still comes: the socket is about to be closed. */
  discard(): void {
    this.#reader = () => undefined;
    this.#forget();
    // The peer's half of the closing handshake has to be read.
    this.#socket.resume();
  }

  #keep(message: SocketMessage): void {
    this.#waiting.push(message);
    this.#waitingBytes += message.bytes.length;
    if (this.#waiting.length >= MAX_WAITING_MESSAGES || this.#waitingBytes >= MAX_WAITING_BYTES) {
      this.#socket.pause();
    }
  }

  #forget(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}

function toBytes(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
