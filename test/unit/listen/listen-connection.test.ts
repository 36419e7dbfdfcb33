import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import type { AudioSource } from '../../../src/audio/session-audio.ts';
import { AppError } from '../../../src/kernel/errors.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { ListenConnection } from '../../../src/listen/listen-connection.ts';
import { PacedReading } from '../../../src/listen/paced-reading.ts';
import { SocketInbox } from '../../../src/listen/socket-inbox.ts';
import type { ClientSession } from '../../../src/sessions/client-session.ts';
import type { ListenEvent } from '../../../src/sessions/listen-event.ts';
import type { TranscriptionService } from '../../../src/sessions/transcription-service.ts';
import { listenOptions } from '../../fixtures/listen/listen-options.ts';

/** A socket whose peer does nothing by itself. */
class PeerSocket extends EventEmitter {
  readonly OPEN = 1;
  readonly CLOSED = 3;
  readyState = 1;
  isPaused = false;
  bufferedAmount = 0;
  terminated = false;
  readonly sent: string[] = [];
  readonly closes: { code: number; reason: string }[] = [];
  pings = 0;
  ping(): void {
    this.pings += 1;
  }
  send(frame: string): void {
    this.sent.push(frame);
  }
  close(code: number, reason: string): void {
    this.closes.push({ code, reason });
  }
  terminate(): void {
    this.terminated = true;
    this.gone();
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  gone(): void {
    if (this.readyState === this.CLOSED) return;
    this.readyState = this.CLOSED;
    this.emit('close');
  }
  say(data: string | Buffer): void {
    this.emit('message', Buffer.from(data), typeof data !== 'string');
  }
}

/** The connection below the socket; counts how its reading from the kernel is started and stopped. */
class PeerConnection extends PassThrough {
  readonly reads: string[] = [];
  readonly _handle = {
    readStart: () => this.reads.push('start'),
    readStop: () => this.reads.push('stop'),
  };
}

class HeardSession {
  keepsAudio = true;
  /** Announces that its log is written soon. */
  announce: () => void = () => undefined;
  readonly audioBytes: number[] = [];
  relief: Promise<void> | undefined;
  fault: Error | undefined;
  /** Writes its log. */
  write: () => void = () => undefined;
  addSource(source: AudioSource): (() => void) | null {
    if (!this.keepsAudio) return null;
    this.write = () => source.give();
    this.announce = () => source.read();
    return () => {
      this.write = () => undefined;
    };
  }
  audio(message: Uint8Array): void {
    if (this.fault) throw this.fault;
    this.audioBytes.push(message.length);
  }
  backpressure(): Promise<void> | undefined {
    return this.relief;
  }
}

function setUp(options: { refusal?: Error; socket?: PeerSocket; revoked?: () => boolean } = {}) {
  const socket = options.socket ?? new PeerSocket();
  const peer = new PeerConnection();
  const session = new HeardSession();
  const closed: unknown[] = [];
  let emit: (event: ListenEvent) => void = () => undefined;
  let isAlive: () => Promise<boolean> = async () => false;
  const transcription = {
    openSession: async (
      _listen: unknown,
      told: (event: ListenEvent) => void,
      alive: () => Promise<boolean>,
    ) => {
      emit = told;
      isAlive = alive;
      if (options.refusal) throw options.refusal;
      return session as unknown as ClientSession;
    },
    leaveSession: async (ended: unknown) => {
      closed.push(ended);
    },
  } as unknown as TranscriptionService;
  const connection = new ListenConnection({
    socket: socket as unknown as WebSocket,
    inbox: new SocketInbox(socket as unknown as WebSocket, new PacedReading(peer)),
    listen: listenOptions({ sampleRate: 8000, codec: 'pcm8', includeSpeechProfile: true }),
    isRevoked: async () => options.revoked?.() ?? false,
    transcription,
    logger: silentLogger,
    observe: () => undefined,
    onSegmentLatency: () => undefined,
  });
  return {
    socket,
    peer,
    session,
    closed,
    connection,
    tell: (event: ListenEvent) => emit(event),
    ask: () => isAlive(),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the heartbeat', () => {
  it('is a plain text ping at once and then every 10 s', async () => {
    const { socket, connection } = setUp();
    const run = connection.run();
    expect(socket.sent).toEqual(['ping']);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(socket.sent).toEqual(['ping']);
    await vi.advanceTimersByTimeAsync(1);
    expect(socket.sent).toEqual(['ping', 'ping']);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(socket.sent).toHaveLength(5);
    socket.gone();
    await run;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(socket.sent).toHaveLength(5);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('closes with 1008 soon after the token was taken back', async () => {
    let revoked = false;
    const { socket, connection } = setUp({ revoked: () => revoked });
    const run = connection.run();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(socket.closes).toEqual([]);
    revoked = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket.closes).toEqual([{ code: 1008, reason: 'Token revoked' }]);
    socket.gone();
    await run;
  });

  it('closes with 1001 after 90 s without a message, and cuts a peer that does not answer', async () => {
    const { socket, closed, connection } = setUp();
    const run = connection.run();
    await vi.advanceTimersByTimeAsync(90_000);
    expect(socket.closes).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket.closes).toEqual([{ code: 1001, reason: 'No message for 90 seconds' }]);
    expect(socket.terminated).toBe(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket.terminated).toBe(true);
    await run;
    expect(closed).toHaveLength(1);
  });

  it.each([
    ['the two bytes of a pong', Buffer.from([0x8a, 0x00])],
    ['an empty binary frame', Buffer.alloc(0)],
    ['any text', 'pong'],
    ['audio', Buffer.alloc(320)],
  ])('takes %s for a sign of life', async (_name, message) => {
    const { socket, connection } = setUp();
    const run = connection.run();
    for (let i = 0; i < 20; i += 1) {
      await vi.advanceTimersByTimeAsync(80_000);
      socket.say(message);
    }
    expect(socket.closes).toEqual([]);
    socket.gone();
    await run;
  });
});

describe('messages', () => {
  it('of up to two bytes are keepalives, of three and more audio', async () => {
    const { socket, session, connection } = setUp();
    const run = connection.run();
    await vi.advanceTimersByTimeAsync(0);
    for (const length of [0, 1, 2, 3, 320]) socket.say(Buffer.alloc(length));
    session.write();
    expect(session.audioBytes).toEqual([3, 320]);
    socket.gone();
    await run;
  });

  it('with audio wait for the write of the log, but for the first and for what is much', async () => {
    const { socket, session, connection } = setUp();
    const run = connection.run();
    await vi.advanceTimersByTimeAsync(0);
    for (const length of [320, 321, 322]) socket.say(Buffer.alloc(length));
    expect(session.audioBytes).toEqual([320]);
    session.write();
    session.write();
    expect(session.audioBytes).toEqual([320, 321, 322]);
    socket.say(Buffer.alloc(100));
    socket.say(Buffer.alloc(70_000));
    expect(session.audioBytes.slice(3)).toEqual([100, 70_000]);
    for (let i = 0; i < 256; i += 1) socket.say(Buffer.alloc(40));
    expect(session.audioBytes).toHaveLength(5 + 256);
    socket.gone();
    await run;
  });

  it('with audio are taken before a text that follows them, and before the end', async () => {
    const { socket, session, connection } = setUp();
    const run = connection.run();
    await vi.advanceTimersByTimeAsync(0);
    socket.say(Buffer.alloc(320));
    socket.say(Buffer.alloc(321));
    socket.say('{"type":"unknown"}');
    expect(session.audioBytes).toEqual([320, 321]);
    socket.say(Buffer.alloc(322));
    socket.gone();
    await run;
    expect(session.audioBytes).toEqual([320, 321, 322]);
  });

  it('that make the session throw at a write end it with 1011, and the write goes on', async () => {
    const { socket, session, connection } = setUp();
    const run = connection.run();
    await vi.advanceTimersByTimeAsync(0);
    socket.say(Buffer.alloc(320));
    socket.say(Buffer.alloc(320));
    session.fault = new Error('unforeseen');
    expect(() => session.write()).not.toThrow();
    expect(socket.closes).toEqual([{ code: 1011, reason: 'Internal error' }]);
    socket.gone();
    await run;
  });

  it('that make the session throw end it with 1011, not the process', async () => {
    const { socket, session, connection } = setUp();
    const run = connection.run();
    await vi.advanceTimersByTimeAsync(0);
    session.fault = new Error('unforeseen');
    socket.say(Buffer.alloc(320));
    expect(socket.closes).toEqual([{ code: 1011, reason: 'Internal error' }]);
    session.fault = undefined;
    socket.say(Buffer.alloc(320));
    expect(session.audioBytes).toEqual([]);
    socket.gone();
    await run;
  });

  it('are not read while the session has more than enough to write', async () => {
    const { socket, session, connection } = setUp();
    const run = connection.run();
    await vi.advanceTimersByTimeAsync(0);
    let relieve: () => void = () => undefined;
    session.relief = new Promise((resolve) => {
      relieve = resolve;
    });
    socket.say(Buffer.alloc(320));
    expect(socket.isPaused).toBe(true);
    // The pause is ours: it must not count as the client's silence.
    await vi.advanceTimersByTimeAsync(85_000);
    session.relief = undefined;
    relieve();
    await vi.advanceTimersByTimeAsync(85_000);
    expect(socket.isPaused).toBe(false);
    expect(socket.closes).toEqual([]);
    socket.gone();
    await run;
  });
});

describe('the connection below the socket', () => {
  async function begin(keepsAudio: boolean) {
    const parts = setUp();
    parts.session.keepsAudio = keepsAudio;
    const run = parts.connection.run();
    await vi.advanceTimersByTimeAsync(0);
    const receive = () => parts.peer.emit('data', Buffer.alloc(330));
    const stop = async () => {
      parts.socket.gone();
      await run;
    };
    return { ...parts, receive, stop };
  }

  it('is read once for each write of the log', async () => {
    const { peer, session, receive, stop } = await begin(true);
    receive();
    expect(peer.reads).toEqual(['stop']);
    session.announce();
    expect(peer.reads).toEqual(['stop', 'start']);
    session.announce();
    expect(peer.reads).toEqual(['stop', 'start']);
    await stop();
  });

  it('is read as it comes if the session keeps no audio, because nothing is written', async () => {
    const { peer, receive, stop } = await begin(false);
    receive();
    expect(peer.reads).toEqual([]);
    await stop();
  });

  it('is read as it comes from the end of the session on, for the answer to the close', async () => {
    const { peer, receive, tell, stop } = await begin(true);
    receive();
    tell({ type: 'session-ended', code: 1011, reason: 'Storage failed' });
    receive();
    expect(peer.reads).toEqual(['stop', 'start']);
    await stop();
  });

  it('is read before its client is asked for a sign of life: what had come by then is none', async () => {
    vi.useRealTimers();
    const { socket, peer, ask, connection } = setUp();
    const run = connection.run();
    await setImmediate();
    peer.emit('data', Buffer.alloc(330));
    peer._handle.readStart = () => {
      queueMicrotask(() => socket.say(Buffer.alloc(320)));
      return 0;
    };
    expect(await ask()).toBe(false);
    expect(socket.pings).toBe(1);
    socket.gone();
    await run;
  });

  it('is read as it comes once the server goes down', async () => {
    const { peer, receive, connection, stop } = await begin(true);
    receive();
    const gone = connection.goingAway();
    receive();
    expect(peer.reads).toEqual(['stop', 'start']);
    await stop();
    await gone;
  });
});

describe('the end', () => {
  it('comes where the socket was gone before the session began', async () => {
    const socket = new PeerSocket();
    socket.gone();
    const { connection, closed } = setUp({ socket });
    await connection.run();
    expect(closed).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('cuts off a client for whom 8 MB wait', async () => {
    const { socket, connection, closed, tell } = setUp();
    const run = connection.run();
    await vi.advanceTimersByTimeAsync(0);
    socket.bufferedAmount = 8 * 1024 * 1024 + 1;
    tell({ type: 'segments-deleted', segmentIds: ['a'] });
    await run;
    expect(socket.terminated).toBe(true);
    expect(closed).toHaveLength(1);
  });

  it.each([
    ['unsupported-codec', 'unsupported_codec', 1003],
    ['not-configured', 'stt_failed', 1011],
    ['rate-limited', 'too_many_sessions', 1008],
    ['disk-full', 'storage_full', 1011],
    ['provider-unavailable', 'stt_failed', 1011],
  ] as const)('of a refused session says why: %s', async (code, status, closeCode) => {
    const { socket, connection, closed } = setUp({ refusal: new AppError(code, 'Because.') });
    const run = connection.run();
    await vi.advanceTimersByTimeAsync(0);
    expect(socket.sent).toEqual([
      'ping',
      `{"type":"service_status","status":"${status}","status_text":"Because."}`,
    ]);
    expect(socket.closes).toEqual([{ code: closeCode, reason: 'Because.' }]);
    socket.gone();
    await run;
    expect(closed).toEqual([]);
  });

  it('of a session that failed to open says nothing of the cause', async () => {
    const { socket, connection } = setUp({ refusal: new Error('secret detail') });
    const run = connection.run();
    await vi.advanceTimersByTimeAsync(0);
    expect(socket.sent.join()).not.toContain('secret');
    expect(socket.closes[0]?.code).toBe(1011);
    expect(socket.closes[0]?.reason).not.toContain('secret');
    socket.gone();
    await run;
  });

  it('of the session is the end of the socket', async () => {
    const { socket, connection, tell } = setUp();
    const run = connection.run();
    await vi.advanceTimersByTimeAsync(0);
    tell({ type: 'session-ended', code: 1011, reason: 'Storage failed' });
    expect(socket.closes).toEqual([{ code: 1011, reason: 'Storage failed' }]);
    socket.gone();
    await run;
  });

  it('of the server asks the client to come back', async () => {
    const { socket, connection } = setUp();
    const run = connection.run();
    const gone = connection.goingAway();
    expect(socket.closes).toEqual([{ code: 1001, reason: 'Server is shutting down' }]);
    socket.gone();
    await Promise.all([run, gone]);
  });
});
