import type { AudioBatch } from '../audio/audio-format.ts';
import { wait } from '../kernel/backoff.ts';
import { untilAborted } from '../kernel/until-aborted.ts';
import type { WebSocketConnection } from '../kernel/websocket-client.ts';
import type { SentProtocol } from './live-protocol.ts';
import type { LiveAudio } from './stt-provider.ts';

export interface LiveLimits {
  /** How long the vendor may take to start the session, milliseconds. */
  startTimeoutMs: number;
  /** How long the last words may keep silent once the audio has ended, milliseconds. */
  closeTimeoutMs: number;
}

/**
 * The client's half of a live connection: the start, then audio, a sign of life while there is
 * none, and the end. Audio is asked for only when the session has started. After the end the
 * vendor's silence is limited by a timer.
 */
export class LiveSender {
  readonly #socket: WebSocketConnection;
  readonly #protocol: SentProtocol;
  readonly #limits: LiveLimits;
  readonly #stopped = new AbortController();
  #started = false;
  #sentMs = 0;
  #sentMessages = 0;
  #readMessages = 0;
  #lastSentAt = performance.now();
  #keepAlive: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closing = false;
  #timedOut = false;
  #wake: () => void = () => undefined;

  constructor(socket: WebSocketConnection, protocol: SentProtocol, limits: LiveLimits) {
    this.#socket = socket;
    this.#protocol = protocol;
    this.#limits = limits;
  }

  /** Length of the audio that was handed to the socket, milliseconds. */
  get sentMs(): number {
    return this.#sentMs;
  }

  /** True once the vendor was told that no more audio comes. */
  get closing(): boolean {
    return this.#closing;
  }

  /** True if the vendor kept silent for too long, at the start or at the end. */
  get timedOut(): boolean {
    return this.#timedOut;
  }

  /**
   * Sends until the audio ends or `stop` is called. What the audio throws ends the connection and
   * is thrown.
   */
  async send(audio: LiveAudio): Promise<void> {
    const signal = this.#stopped.signal;
    try {
      if (this.#protocol.start !== null) await this.#socket.send(this.#protocol.start);
      await this.#untilStarted();
      this.#startKeepAlive();
      await this.#sendAudio(audio);
      if (signal.aborted) return;
      await this.#sendAll(this.#protocol.audio.flush());
      this.#closing = true;
      clearInterval(this.#keepAlive);
      for (const text of this.#protocol.ending(this.#sentMessages)) {
        // What went into a connection that was closed before says nothing to the vendor.
        if (!(await this.#socket.send(text))) this.#closing = false;
      }
      this.noteAnswer();
    } catch (error) {
      if (signal.aborted) return;
      this.#socket.terminate();
      throw error;
    } finally {
      clearInterval(this.#keepAlive);
    }
  }

  noteStarted(): void {
    this.#started = true;
    this.#wake();
  }

  /** @param messages audio messages that the vendor has read since the start */
  noteRead(messages: number): void {
    this.#readMessages = Math.max(this.#readMessages, messages);
    this.#wake();
  }

  /** The vendor has said something: its time to answer the end starts anew. */
  noteAnswer(): void {
    if (this.#closing) this.#armTimer(this.#limits.closeTimeoutMs);
  }

  /** Sends nothing more and lets go of the audio. */
  stop(): void {
    this.#stopped.abort();
    clearInterval(this.#keepAlive);
    clearTimeout(this.#timer);
    this.#wake();
  }

  async #untilStarted(): Promise<void> {
    const { startsAfter } = this.#protocol;
    if (startsAfter === 'open') return;
    this.#armTimer(this.#limits.startTimeoutMs);
    if (startsAfter === 'started') {
      await this.#until(() => this.#started);
    } else {
      await this.#socket.ping();
      await wait(startsAfter.graceMs, this.#stopped.signal);
    }
    clearTimeout(this.#timer);
  }

  async #sendAudio(audio: LiveAudio): Promise<void> {
    const { signal } = this.#stopped;
    if (signal.aborted) return;
    if (audio.pushTo) {
      await audio.pushTo((batch) => this.#sendBatch(batch), signal);
      return;
    }
    for await (const batch of untilAborted(audio, signal)) {
      const busy = this.#sendBatch(batch);
      if (busy) await busy;
    }
  }

  /** Sends a batch. Returns a promise if that takes a wait. */
  #sendBatch(batch: AudioBatch): Promise<void> | undefined {
    const messages = this.#protocol.audio.push(batch);
    for (const [i, message] of messages.entries()) {
      if (!this.#mayGoOn || !this.#socket.sendNow(message)) {
        return this.#sendRest(messages.slice(i), batch.durationMs);
      }
      this.#noteSent();
    }
    this.#sentMs += batch.durationMs;
    return undefined;
  }

  async #sendRest(messages: readonly Uint8Array[], durationMs: number): Promise<void> {
    await this.#sendAll(messages);
    this.#sentMs += durationMs;
  }

  async #sendAll(messages: readonly Uint8Array[]): Promise<void> {
    for (const message of messages) {
      if (!this.#mayGoOn) await this.#until(() => this.#mayGoOn);
      if (this.#stopped.signal.aborted) return;
      await this.#socket.send(message);
      this.#noteSent();
    }
  }

  #noteSent(): void {
    this.#sentMessages += 1;
    this.#lastSentAt = performance.now();
  }

  /** False while the vendor has too many messages to read. */
  get #mayGoOn(): boolean {
    return this.#sentMessages - this.#readMessages < this.#protocol.maxUnread;
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition() && !this.#stopped.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #startKeepAlive(): void {
    if (this.#stopped.signal.aborted) return;
    const { afterMs, text } = this.#protocol.keepAlive;
    this.#keepAlive = setInterval(
      () => {
        if (performance.now() - this.#lastSentAt < afterMs || !this.#socket.isOpen) return;
        this.#lastSentAt = performance.now();
        const sent = text === null ? this.#socket.ping() : this.#socket.send(text);
        sent.then(undefined, (error: unknown) => {
          // Both answer false for a lost connection; its reader sees how it ended.
          this.#stopped.abort(error);
        });
      },
      Math.max(10, afterMs / 4),
    );
  }

  #armTimer(timeoutMs: number): void {
    if (this.#stopped.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timedOut = true;
      // Asked to end, a vendor that is alive answers the close frame.
      if (this.#closing) this.#socket.close();
      else this.#socket.terminate();
    }, timeoutMs);
  }
}
