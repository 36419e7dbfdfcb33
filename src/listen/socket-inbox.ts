import type { RawData, WebSocket } from 'ws';

export interface SocketMessage {
  bytes: Buffer;
  isBinary: boolean;
}

/** Messages that may wait for a reader; a client that sends more before it is heard is cut off. */
const MAX_WAITING = 2_000;

/**
 * The messages of one socket, from its first moment on. `ws` gives a message to whoever listens at
 * that instant and to nobody later, so this listens from the upgrade on and keeps what comes in
 * until somebody reads.
 */
export class SocketInbox {
  readonly #waiting: SocketMessage[] = [];
  #reader: ((message: SocketMessage) => void) | undefined;
  /** `Date.now()` of the last message. */
  lastMessageAt = Date.now();

  constructor(socket: WebSocket) {
    socket.on('message', (data: RawData, isBinary: boolean) => {
      this.lastMessageAt = Date.now();
      const message = { bytes: toBytes(data), isBinary };
      if (this.#reader) this.#reader(message);
      else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(message);
      else socket.close(1008, 'Too many messages before the session was open');
    });
  }

  /** Gives every message that waits, and every further one, to `reader`. */
  read(reader: (message: SocketMessage) => void): void {
    this.#reader = reader;
    for (const message of this.#waiting.splice(0)) reader(message);
  }

  /** Gives one message to `reader`; what comes after it waits again. */
  readOne(reader: (message: SocketMessage) => void): void {
    const first = this.#waiting.shift();
    if (first) {
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
}

function toBytes(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
