import { setImmediate as turn } from 'node:timers/promises';
import type { RawData, WebSocket } from 'ws';
import type { PacedReading } from './paced-reading.ts';

export interface SocketMessage {
  bytes: Buffer;
  isBinary: boolean;
}

/** What may wait for a reader; beyond it the socket is not read, so that the sender has to wait. */
const MAX_WAITING_MESSAGES = 2_000;
const MAX_WAITING_BYTES = 1024 * 1024;
/** Reads to catch up, at most: a sender that is faster than this has no end to wait for. */
const MAX_ROUNDS = 32;

/**
 * The messages of one socket, from its first moment on. `ws` gives a message only to listeners of
 * that moment, so this listens from the upgrade on and keeps what comes in
 * until it is read.
 */
export class SocketInbox {
  readonly #socket: WebSocket;
  readonly #reading: PacedReading | null;
  #waiting: SocketMessage[] = [];
  #waitingBytes = 0;
  #reader: ((message: SocketMessage) => void) | undefined;
  /** Resolves when what the reader was given is safe. */
  #kept: () => Promise<void> = () => Promise.resolve();
  /** A ping that came after messages that wait. */
  #unanswered: Buffer | undefined;
  /** `Date.now()` of the last message. */
  lastMessageAt = Date.now();

  /**
   * @param socket must not answer pings by itself
   * @param reading how its connection is read; null: it cannot be paced
   */
  constructor(socket: WebSocket, reading: PacedReading | null = null) {
    this.#socket = socket;
    this.#reading = reading;
    socket.on('ping', (data: Buffer) => {
      if (this.#reader === undefined && this.#waiting.length > 0) this.#unanswered = data;
      else this.#answer(data);
    });
    socket.on('message', (data: RawData, isBinary: boolean) => {
      this.lastMessageAt = Date.now();
      const message = { bytes: toBytes(data), isBinary };
      if (this.#reader) this.#reader(message);
      else this.#keep(message);
    });
  }

  /**
   * Gives every message that waits, and every further one, to `reader`. A ping is answered when
   * `kept` says that what came before it is safe, so that its answer is a receipt.
   */
  read(
    reader: (message: SocketMessage) => void,
    kept: () => Promise<void> = () => Promise.resolve(),
  ): void {
    this.#reader = reader;
    this.#kept = kept;
    const waiting = this.#waiting;
    this.#forget();
    // First: the reader may want the socket paused again.
    this.#socket.resume();
    for (const message of waiting) reader(message);
    this.#answerLate();
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

  /** After each read of the socket nothing is read until `readNow`, which must be called regularly. */
  pace(): void {
    this.#reading?.begin();
  }

  /** Reads what has come since the last read, in this turn of the event loop. */
  readNow(): void {
    this.#reading?.read();
  }

  /**
   * Reads what has come so far; resolves when the reader was given it. A sender whose packets are not
   * acknowledged, because nobody reads them, holds back those behind them: it is read until nothing more comes.
   */
  async catchUp(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const before = this.#reading?.reads;
      this.readNow();
      // Sockets are read between two turns; the first one may be that in which this was called.
      await turn();
      await turn();
      if (this.#reading?.reads === before) return;
    }
  }

  /** Reads as always again. */
  endPace(): void {
    this.#reading?.end();
  }

  /** Drops what waits and everything that still comes: the socket is about to be closed. */
  discard(): void {
    this.#reader = () => undefined;
    this.#forget();
    this.#answerLate();
    // The peer's half of the closing handshake has to be read.
    this.endPace();
    this.#socket.resume();
  }

  #keep(message: SocketMessage): void {
    this.#waiting.push(message);
    this.#waitingBytes += message.bytes.length;
    if (this.#waiting.length >= MAX_WAITING_MESSAGES || this.#waitingBytes >= MAX_WAITING_BYTES) {
      this.#socket.pause();
    }
  }

  #answerLate(): void {
    const data = this.#unanswered;
    this.#unanswered = undefined;
    if (data !== undefined) this.#answer(data);
  }

  #answer(data: Buffer): void {
    const answer = (): void => {
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.pong(data);
    };
    // The session itself tells of what it cannot keep; silence would end the connection as well.
    this.#kept().then(answer, answer);
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
