import type { WebSocket } from 'ws';
import { type AppError, describeError, toAppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { VoiceStream, VoiceStreamEvent } from '../voice-messages/voice-stream.ts';
import type { VoiceTranscription } from '../voice-messages/voice-transcription.ts';
import { spokenToWire } from '../wire/spoken-wire.ts';
import type { SocketInbox, SocketMessage } from './socket-inbox.ts';
import type { VoiceQuery } from './voice-query.ts';

/** A client that sends no audio for this long is closed, whatever else it sends. */
const IDLE_MS = 60_000;
const CHECK_INTERVAL_MS = 10_000;
/** What may wait for a client that does not read; beyond that it is cut off. */
const MAX_UNREAD_BYTES = 1024 * 1024;

export interface VoiceConnectionOptions {
  socket: WebSocket;
  inbox: SocketInbox;
  uid: string;
  query: VoiceQuery;
  /** Asked now and then: a token that was taken back ends the connection. */
  isRevoked: () => Promise<boolean>;
  voice: VoiceTranscription;
  logger: Logger;
}

/** Joins one accepted socket to one stream of speech; resolves when both are over. */
export class VoiceConnection {
  readonly #o: VoiceConnectionOptions;
  readonly #closed: Promise<void>;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: VoiceConnectionOptions) {
    this.#o = options;
    const { socket, logger } = options;
    socket.on('error', (error) => {
      logger.debug({ error: describeError(error) }, 'voice socket failed');
    });
    this.#closed = new Promise((resolve) => {
      if (socket.readyState === socket.CLOSED) resolve();
      else socket.once('close', () => resolve());
    });
  }

  async run(): Promise<void> {
    const { voice, uid, query, inbox, logger } = this.#o;
    let stream: VoiceStream;
    try {
      stream = await voice.openStream(uid, query, (event) => this.#onEvent(event));
    } catch (error) {
      this.#refuse(toAppError(error));
      await this.#closed;
      return;
    }
    this.#heardAudio();
    const check = setInterval(() => this.#checkToken(), CHECK_INTERVAL_MS);
    inbox.read((message) => this.#onMessage(stream, message));
    await this.#closed;
    clearInterval(check);
    clearTimeout(this.#idle);
    try {
      await stream.close();
    } catch (error) {
      logger.error({ error: describeError(error) }, 'voice stream not closed cleanly');
    }
  }

  /** Closes with 1001, as the server goes down; resolves when the socket is closed. */
  goingAway(): Promise<void> {
    this.#o.socket.resume();
    this.#close(1001, 'Server is shutting down');
    return this.#closed;
  }

  #onMessage(stream: VoiceStream, { bytes, isBinary }: SocketMessage): void {
    if (isBinary) {
      if (bytes.length === 0) return;
      this.#heardAudio();
      stream.push(bytes);
    } else if (bytes.toString('utf8').trim() === 'finalize') stream.finalize();
  }

  #heardAudio(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(
      () => this.#close(1008, `Idle timeout: no audio for ${IDLE_MS / 1000}s`),
      IDLE_MS,
    );
  }

  #onEvent(event: VoiceStreamEvent): void {
    if (event.type === 'failed') this.#refuse(event.error);
    else this.#send(JSON.stringify(event.segments.map(spokenToWire)));
  }

  #refuse(error: AppError): void {
    const { code, message } = error;
    if (code === 'rate-limited') {
      this.#close(1008, message.slice(0, 100));
      return;
    }
    this.#o.logger.warn({ error: describeError(error) }, 'voice stream failed');
    this.#close(1011, 'Transcription service unavailable');
  }

  #checkToken(): void {
    this.#o.isRevoked().then(
      (revoked) => {
        if (revoked) this.#close(1008, 'Token revoked');
      },
      (error: unknown) => {
        this.#o.logger.warn({ error: describeError(error) }, 'token recheck failed');
      },
    );
  }

  #close(code: number, reason: string): void {
    this.#o.inbox.discard();
    this.#o.socket.close(code, reason);
  }

  #send(frame: string): void {
    const { socket } = this.#o;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.terminate();
    else socket.send(frame);
  }
}
