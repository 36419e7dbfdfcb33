import type { AudioBatch } from '../../../audio/audio-format.ts';
import { untilAborted } from '../../../kernel/until-aborted.ts';
import type { WebSocketConnection } from '../../../kernel/websocket-client.ts';
import type { AudioMessages } from '../../audio-messages.ts';

/**
 * The client's half of a connection: audio, `KeepAlive` while there is none, and at its end
 * `Finalize` and `CloseStream`. After that the server's silence is limited by a timer.
 */
export class DeepgramSender {
  readonly #socket: WebSocketConnection;
  readonly #framer: AudioMessages;
  readonly #keepAliveAfterMs: number;
  readonly #closeTimeoutMs: number;
  readonly #stopped = new AbortController();
  #sentMs = 0;
  #lastSentAt = performance.now();
  #keepAlive: NodeJS.Timeout | undefined;
  #closeTimer: NodeJS.Timeout | undefined;
  #closing = false;
  #timedOut = false;

  constructor(
    socket: WebSocketConnection,
    framer: AudioMessages,
    limits: { keepAliveAfterMs: number; closeTimeoutMs: number },
  ) {
    this.#socket = socket;
    this.#framer = framer;
    this.#keepAliveAfterMs = limits.keepAliveAfterMs;
    this.#closeTimeoutMs = limits.closeTimeoutMs;
  }

  /** Length of the audio that was handed to the socket, milliseconds. */
  get sentMs(): number {
    return this.#sentMs;
  }

  /** True once `CloseStream` was sent. */
  get closing(): boolean {
    return this.#closing;
  }

  /** True where the server kept silent for too long after `CloseStream`. */
  get timedOut(): boolean {
    return this.#timedOut;
  }

  /**
   * Sends until the audio ends or `stop` is called. What the audio throws ends the connection and
   * is thrown.
   */
  async send(audio: AsyncIterable<AudioBatch>): Promise<void> {
    const period = Math.max(10, this.#keepAliveAfterMs / 4);
    this.#keepAlive = setInterval(() => this.#sendKeepAlive(), period);
    try {
      for await (const batch of untilAborted(audio, this.#stopped.signal)) {
        await this.#sendAll(this.#framer.push(batch));
        this.#sentMs += batch.durationMs;
      }
      if (this.#stopped.signal.aborted) return;
      await this.#sendAll(this.#framer.flush());
      await this.#socket.send('{"type":"Finalize"}');
      await this.#socket.send('{"type":"CloseStream"}');
      this.#closing = true;
      this.noteAnswer();
    } catch (error) {
      this.#socket.terminate();
      throw error;
    } finally {
      clearInterval(this.#keepAlive);
    }
  }

  /** The server has said something: its time to answer `CloseStream` starts anew. */
  noteAnswer(): void {
    if (!this.#closing || this.#stopped.signal.aborted) return;
    clearTimeout(this.#closeTimer);
    this.#closeTimer = setTimeout(() => {
      this.#timedOut = true;
      this.#socket.terminate();
    }, this.#closeTimeoutMs);
  }

  /** Sends nothing more and lets go of the audio. */
  stop(): void {
    this.#stopped.abort();
    clearInterval(this.#keepAlive);
    clearTimeout(this.#closeTimer);
  }

  async #sendAll(messages: readonly Uint8Array[]): Promise<void> {
    for (const message of messages) {
      await this.#socket.send(message);
      this.#lastSentAt = performance.now();
    }
  }

  #sendKeepAlive(): void {
    if (performance.now() - this.#lastSentAt < this.#keepAliveAfterMs || !this.#socket.isOpen)
      return;
    this.#lastSentAt = performance.now();
    this.#socket.send('{"type":"KeepAlive"}').then(undefined, (error: unknown) => {
      // `send` answers false for a lost connection; the reader of the socket sees how it ended.
      this.#stopped.abort(error);
    });
  }
}
