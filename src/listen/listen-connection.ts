import type { WebSocket } from 'ws';
import { describeError, toAppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { ClientSession } from '../sessions/client-session.ts';
import type { ListenEvent } from '../sessions/listen-event.ts';
import type { ListenOptions } from '../sessions/listen-options.ts';
import type { TranscriptionService } from '../sessions/transcription-service.ts';
import { parseClientMessage } from './client-message.ts';
import { listenFrame, streamFrame } from './listen-frames.ts';
import type { SocketInbox, SocketMessage } from './socket-inbox.ts';

const PING_INTERVAL_MS = 10_000;
/** How long audio of a stream is collected before its receipt. */
const ACKNOWLEDGE_MS = 500;
/** A client that has sent nothing for this long is gone. */
const SILENCE_LIMIT_MS = 90_000;
/** Binary frames of up to this many bytes are keepalives, never audio. */
const KEEPALIVE_BYTES = 2;
/** Audio that waits to be taken with the next write of the log: messages, and bytes. */
const MAX_WAITING_MESSAGES = 256;
const MAX_WAITING_BYTES = 64 * 1024;
/** How long a client may take to show that it is still there. */
const ALIVE_TIMEOUT_MS = 1_500;
/** What may wait for a client that does not read; beyond that it is cut off. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;

/** Close codes by error; everything else is 1011. */
const CLOSE_CODES: Partial<Record<string, 1003 | 1008>> = {
  'unsupported-codec': 1003,
  'rate-limited': 1008,
};
/** Statuses that say why a session was refused. */
const REFUSAL_STATUS: Partial<Record<string, string>> = {
  'unsupported-codec': 'unsupported_codec',
  'not-configured': 'stt_failed',
  'rate-limited': 'too_many_sessions',
  'disk-full': 'storage_full',
};

export interface ConnectionOptions {
  socket: WebSocket;
  inbox: SocketInbox;
  listen: ListenOptions;
  /** Asked at each heartbeat: a token that was taken back ends the connection. */
  isRevoked: () => Promise<boolean>;
  transcription: TranscriptionService;
  logger: Logger;
  /** Told of each segment frame: milliseconds from the provider's answer to the socket's write. */
  onSegmentLatency: (ms: number) => void;
  /** Told of everything that the client is told. */
  observe: (event: ListenEvent) => void;
}

/** Joins one accepted socket to one listen session; resolves when both are over. */
export class ListenConnection {
  readonly #o: ConnectionOptions;
  readonly #socket: WebSocket;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #emit = (event: ListenEvent) => this.#onEvent(event);
  #ignored = 0;
  /** Binary messages that the session has not been given yet. */
  #audio: Uint8Array[] = [];
  #audioBytes = 0;
  #hasAudio = false;
  #acknowledging: NodeJS.Timeout | undefined;
  #closed = false;
  #onClosed: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#o = options;
    this.#socket = options.socket;
    this.#socket.on('close', () => this.#end());
    this.#socket.on('error', (error) => {
      options.logger.debug({ error: describeError(error) }, 'listen socket failed');
    });
    this.#heartbeat = setInterval(() => this.#beat(), PING_INTERVAL_MS);
    // It may have gone while it was being signed in; its `close` event is then over.
    if (this.#socket.readyState === this.#socket.CLOSED) this.#end();
  }

  async run(): Promise<void> {
    const { transcription, listen, logger } = this.#o;
    const socketClosed = new Promise<void>((resolve) => {
      this.#onClosed = resolve;
      if (this.#closed) resolve();
    });
    this.#send('ping');
    let session: ClientSession;
    try {
      session = await transcription.openSession(listen, this.#emit, () => this.#isAlive());
      if (session.stream) await session.flushed();
    } catch (error) {
      this.#refuse(error);
      await socketClosed;
      return;
    }
    if (session.stream) this.#send(streamFrame('audio_position', session.stream.keptMs));
    // What comes is not used before the log is written, so it need not be read before either.
    const stop = session.addSource({
      read: () => this.#o.inbox.readNow(),
      catchUp: () => this.#o.inbox.catchUp(),
      give: () => this.#takeAudio(session),
    });
    if (stop) this.#o.inbox.pace();
    this.#o.inbox.read(
      (message) => this.#onMessage(session, message),
      () => session.flushed(),
    );
    await socketClosed;
    this.#takeAudio(session);
    stop?.();
    try {
      await transcription.leaveSession(session, this.#emit);
    } catch (error) {
      logger.error({ error: describeError(error) }, 'listen session not closed cleanly');
    }
    if (this.#ignored > 0) logger.info({ ignored: this.#ignored }, 'listen messages ignored');
  }

  /** Asks the client to connect again, as the server goes down; resolves when the socket is closed. */
  goingAway(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      if (this.#closed) resolve();
      else this.#socket.once('close', () => resolve());
    });
    // The peer's half of the closing handshake has to be read.
    this.#o.inbox.endPace();
    this.#socket.resume();
    this.#socket.close(1001, 'Server is shutting down');
    return closed;
  }

  #onMessage(session: ClientSession, { bytes, isBinary }: SocketMessage): void {
    if (isBinary) {
      if (bytes.length > KEEPALIVE_BYTES) this.#onAudio(session, bytes);
      return;
    }
    // In the order in which they came.
    this.#takeAudio(session);
    this.#guarded(session, () => this.#onText(session, bytes.toString('utf8')));
  }

  /**
   * Keeps a message until the log writes: what a session does with a frame touches much memory, and touching it
   * once for a few frames takes a third of the time. The first message is taken at once: it begins the clock.
   */
  #onAudio(session: ClientSession, bytes: Uint8Array): void {
    this.#audio.push(bytes);
    this.#audioBytes += bytes.length;
    const isFull =
      this.#audio.length >= MAX_WAITING_MESSAGES || this.#audioBytes >= MAX_WAITING_BYTES;
    if (this.#hasAudio && !isFull) return;
    this.#hasAudio = true;
    this.#takeAudio(session);
  }

  /** Gives the session the audio that waits. */
  #takeAudio(session: ClientSession): void {
    if (this.#audio.length === 0) return;
    const messages = this.#audio;
    this.#audio = [];
    this.#audioBytes = 0;
    this.#guarded(session, () => {
      for (const message of messages) session.audio(message);
      if (session.stream) this.#acknowledge(session);
    });
  }

  /** Does `work`, then holds the client back if the session has enough. What is thrown ends the session. */
  #guarded(session: ClientSession, work: () => void): void {
    try {
      work();
    } catch (error) {
      // Thrown from here it would end the process, and everybody's session with it.
      this.#o.logger.error({ error: describeError(error) }, 'listen message failed');
      this.#onEvent({ type: 'session-ended', code: 1011, reason: 'Internal error' });
      return;
    }
    this.#holdBack(session);
  }

  /** Tells the client, at most twice a second, how much of its stream is on disk. */
  #acknowledge(session: ClientSession): void {
    this.#acknowledging ??= setTimeout(() => {
      this.#acknowledging = undefined;
      session.flushed().then(
        () => {
          if (session.stream) this.#send(streamFrame('audio_kept', session.stream.keptMs));
        },
        (error) => this.#o.logger.warn({ error: describeError(error) }, 'audio not flushed'),
      );
    }, ACKNOWLEDGE_MS);
  }

  /** Stops reading while the session has more than enough to write, so that the sender has to wait. */
  #holdBack(session: ClientSession): void {
    if (this.#socket.isPaused) return;
    const relief = session.backpressure();
    if (!relief) return;
    this.#socket.pause();
    const goOn = () => {
      // Reading nothing was our choice, not its silence.
      this.#o.inbox.lastMessageAt = Date.now();
      this.#socket.resume();
    };
    relief.then(goOn, goOn);
  }

  #onText(session: ClientSession, text: string): void {
    const message = parseClientMessage(text);
    if (message.type === 'suggested-transcript') {
      session.suggest(message.message);
    } else if (message.type === 'speaker-assigned') {
      session.assignSpeaker(message.speakerId, message.personId, message.segmentIds);
    } else if (message.type === 'image-chunk') {
      session.photo(message.chunk);
    } else if (message.type === 'skip-question') {
      session.skipQuestion();
    } else {
      this.#ignored += 1;
    }
  }

  #onEvent(event: ListenEvent): void {
    this.#o.observe(event);
    if (event.type === 'session-ended') {
      this.#o.inbox.discard();
      this.#socket.close(event.code, event.reason);
      return;
    }
    this.#send(listenFrame(event));
    if (event.type === 'segments-updated' && event.receivedAt !== null) {
      this.#o.onSegmentLatency(performance.now() - event.receivedAt);
    }
  }

  #refuse(error: unknown): void {
    const { code, message } = toAppError(error);
    if (code === 'internal') {
      this.#o.logger.error({ error: describeError(error) }, 'listen session not opened');
    }
    const status = REFUSAL_STATUS[code] ?? 'stt_failed';
    this.#onEvent({ type: 'service-status', status, text: message });
    this.#o.inbox.discard();
    this.#socket.close(CLOSE_CODES[code] ?? 1011, message.slice(0, 100));
  }

  #beat(): void {
    const isSilent = Date.now() - this.#o.inbox.lastMessageAt > SILENCE_LIMIT_MS;
    if (isSilent && !this.#socket.isPaused) {
      this.#socket.close(1001, 'No message for 90 seconds');
      // A peer that is really gone will not answer the close.
      setTimeout(() => this.#socket.terminate(), PING_INTERVAL_MS).unref();
      return;
    }
    this.#send('ping');
    this.#o.isRevoked().then(
      (revoked) => {
        if (revoked) this.#socket.close(1008, 'Token revoked');
      },
      (error) => this.#o.logger.warn({ error: describeError(error) }, 'token recheck failed'),
    );
  }

  #send(frame: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_UNREAD_BYTES) {
      // What it did not read is stored; it can load it when it comes back.
      this.#socket.terminate();
      return;
    }
    this.#socket.send(frame);
  }

  /** Asks the client for a sign of life: a connection may look open long after its other end has gone. */
  async #isAlive(): Promise<boolean> {
    // What it had sent before it was asked is none.
    await this.#o.inbox.catchUp();
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    return new Promise((resolve) => {
      const done = (isAlive: boolean): void => {
        clearTimeout(timer);
        this.#socket.off('pong', onSign).off('message', onSign).off('close', onClose);
        resolve(isAlive);
      };
      const onSign = () => done(true);
      const onClose = () => done(false);
      const timer = setTimeout(onClose, ALIVE_TIMEOUT_MS);
      this.#socket.on('pong', onSign).on('message', onSign).on('close', onClose);
      this.#socket.ping();
    });
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#acknowledging);
    this.#onClosed?.();
  }
}
