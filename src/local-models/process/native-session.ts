import { AsyncQueue } from '../../kernel/async-queue.ts';
import type { AppError } from '../../kernel/errors.ts';
import type { FromNative } from './native-protocol.ts';

/** Audio of a session that may be on its way, milliseconds. */
const WINDOW_MS = 1000;

/** What a session tells the child; the child's number of the session is added on the way. */
export type SessionMessage =
  | { type: 'audio'; pcm: Uint8Array }
  | { type: 'end' }
  | { type: 'close' };

export interface SessionLink {
  send(message: SessionMessage): void;
  /** The session is over: it has ended, failed or been closed. */
  release(): void;
}

/** Outputs of a session and how the session ends. */
export interface NativeStream {
  /** Ends after the last output; throws `provider-unavailable` if the child dies. */
  readonly outputs: AsyncIterable<unknown>;
  /** Hands audio over; resolves when there is room for more. */
  push(pcm: Uint8Array): Promise<void>;
  /** No more audio; the outputs end when the rest has been computed. */
  end(): void;
  /** Drops what is on its way. */
  close(): void;
}

/** The server's end of a session in a child process. */
export class ChildSession implements NativeStream {
  readonly outputs = new AsyncQueue<unknown>();
  readonly #bytesPerMs: number;
  readonly #link: SessionLink;
  /** Milliseconds of audio in each message that has no answer yet. */
  #onTheWay: number[] = [];
  #waiting: { resolve: () => void; reject: (error: AppError) => void }[] = [];
  #failure: AppError | null = null;
  #isDone = false;
  #isEnding = false;

  constructor(bytesPerSecond: number, link: SessionLink) {
    this.#bytesPerMs = bytesPerSecond / 1000;
    this.#link = link;
  }

  /** True while an answer of the child is due. */
  get isWaiting(): boolean {
    return !this.#isDone && (this.#onTheWay.length > 0 || this.#isEnding);
  }

  async push(pcm: Uint8Array): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#isDone || this.#isEnding || pcm.length === 0) return;
    this.#onTheWay.push(pcm.length / this.#bytesPerMs);
    this.#link.send({ type: 'audio', pcm });
    if (this.#hasRoom) return;
    await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  end(): void {
    if (this.#isDone || this.#isEnding) return;
    this.#isEnding = true;
    this.#link.send({ type: 'end' });
  }

  close(): void {
    if (this.#isDone) return;
    this.#link.send({ type: 'close' });
    this.#finish();
    this.outputs.end();
  }

  fail(error: AppError): void {
    if (this.#isDone) return;
    this.#failure = error;
    this.#finish();
    this.outputs.fail(error);
  }

  /** Takes an answer of the child; returns how much audio it answers, milliseconds. */
  take(message: Extract<FromNative, { type: 'heard' | 'ended' }>): number {
    if (this.#isDone) return 0;
    for (const output of message.outputs) this.outputs.push(output);
    if (message.type === 'ended') {
      this.#finish();
      this.outputs.end();
      return 0;
    }
    const ms = this.#onTheWay.shift() ?? 0;
    if (this.#hasRoom) this.#wake();
    return ms;
  }

  get #hasRoom(): boolean {
    return this.#onTheWay.reduce((sum, ms) => sum + ms, 0) < WINDOW_MS;
  }

  #wake(): void {
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (this.#failure === null) resolve();
      else reject(this.#failure);
    }
  }

  #finish(): void {
    this.#isDone = true;
    this.#wake();
    this.#link.release();
  }
}
