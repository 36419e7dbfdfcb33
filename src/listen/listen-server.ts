import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { AUTHORIZATION_ERRORS, authenticate, parseAuthorization } from '../auth/authorization.ts';
import { sessionTokenOf } from '../auth/session-cookie.ts';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import type { AcceptHost } from '../kernel/allowed-hosts.ts';
import { basePathOf, withoutBasePath } from '../kernel/base-path.ts';
import { describeError, isAppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { ListenEvent } from '../sessions/listen-event.ts';
import type { TranscriptionService } from '../sessions/transcription-service.ts';
import type { VoiceTranscription } from '../voice-messages/voice-transcription.ts';
import { refusalToWire } from '../wire/error-wire.ts';
import { ListenConnection } from './listen-connection.ts';
import { type ListenQuery, parseListenQuery } from './listen-query.ts';
import { PacedReading } from './paced-reading.ts';
import { SocketInbox } from './socket-inbox.ts';
import { VoiceConnection } from './voice-connection.ts';
import { parseVoiceQuery } from './voice-query.ts';
import { authenticateByFirstMessage, type SignedIn } from './web-auth.ts';

const LISTEN_PATH = '/v4/listen';
const WEB_LISTEN_PATH = '/v4/web/listen';
const VOICE_PATH = '/v2/voice-message/transcribe-stream';
/** A frame larger than this closes the socket with 1009. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;
const MAX_VOICE_FRAME_BYTES = 5 * 1024 * 1024;
/** How long a peer may take to answer a close frame before its connection is cut. */
const CLOSE_TIMEOUT_MS = 3_000;

/** `closeTimeout` is known to `ws`, not yet to its types. */
const SOCKET_OPTIONS = {
  noServer: true,
  maxPayload: MAX_FRAME_BYTES,
  perMessageDeflate: false,
  closeTimeout: CLOSE_TIMEOUT_MS,
  // `SocketInbox` answers pings.
  autoPong: false,
};

/** What is joined to an accepted socket until it is closed. */
interface Connection {
  run(): Promise<void>;
  goingAway(): Promise<void>;
}

interface AcceptedSocket {
  socket: WebSocket;
  inbox: SocketInbox;
}

export interface ListenServerOptions {
  /** Address under which clients reach the server, null if it is the one that they ask for. */
  publicUrl: string | null;
  /** Which names in `Host` are this server's. */
  acceptHost: AcceptHost;
  verifier: TokenVerifier;
  transcription: TranscriptionService;
  voice: VoiceTranscription;
  logger: Logger;
  defaultTimeoutMs: number;
  onSegmentLatency: (ms: number) => void;
  observe: (event: ListenEvent) => void;
}

/**
 * The live sockets. `/v4/listen` signs in by the `Authorization` header and is refused before the
 * upgrade, with HTTP 403, as Omi's server does; `/v4/web/listen` signs in by its first message.
 * `/v2/voice-message/transcribe-stream` signs in like the first, and is told by a close code what is
 * wrong with its query.
 */
export class ListenServer {
  readonly #o: ListenServerOptions;
  readonly #sockets = new WebSocketServer(SOCKET_OPTIONS);
  readonly #voiceSockets = new WebSocketServer({
    ...SOCKET_OPTIONS,
    maxPayload: MAX_VOICE_FRAME_BYTES,
  });
  readonly #connections = new Map<Connection, Promise<void>>();
  /** Accepted, but not signed in yet. */
  readonly #strangers = new Set<WebSocket>();
  #closing = false;
  #disconnecting = false;

  constructor(options: ListenServerOptions) {
    this.#o = options;
  }

  /** Handles the upgrade requests of an HTTP server. */
  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      this.#onUpgrade(request, socket, head).catch((error) => {
        this.#o.logger.error({ error: describeError(error) }, 'upgrade failed');
        refuse(socket, 500, 'Internal Server Error');
      });
    });
  }

  async #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    if (!this.#o.acceptHost(request.headers.host)) {
      return refuse(socket, 421, 'This server is not known under that name');
    }
    const target = withoutBasePath(request.url ?? '/', basePathOf(this.#o.publicUrl));
    if (!URL.canParse(target, 'http://localhost')) return refuse(socket, 400, 'Bad Request');
    const url = new URL(target, 'http://localhost');
    const { pathname } = url;
    const isWeb = pathname === WEB_LISTEN_PATH;
    const isKnown = [LISTEN_PATH, WEB_LISTEN_PATH, VOICE_PATH].includes(pathname);
    if (!isKnown) return refuse(socket, 404, 'Not Found');
    if (this.#closing) return refuse(socket, 503, 'Server is shutting down');
    if (pathname === VOICE_PATH) {
      await this.#onVoice(request, socket, head, url.searchParams);
      return;
    }
    const query = parseListenQuery(url.searchParams, this.#o.defaultTimeoutMs);
    if ('problem' in query) return refuse(socket, 403, query.problem);

    const { source } = query.options;
    if (isWeb) {
      const accepted = await this.#accept(request, socket, head);
      const user = await this.#askWho(accepted);
      if (user !== null) {
        this.#serve(accepted, user, query, clientKeyOf(request, source, user.deviceIdHash));
      }
      return;
    }
    const user = await this.#authenticate(request);
    if ('reason' in user) return refuse(socket, 403, user.reason);
    const accepted = await this.#accept(request, socket, head);
    this.#serve(accepted, user, query, clientKeyOf(request, source, undefined));
  }

  async #onVoice(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    params: URLSearchParams,
  ): Promise<void> {
    const user = await this.#authenticate(request);
    if ('reason' in user) return refuse(socket, 403, user.reason);
    const { voice, logger, verifier } = this.#o;
    const accepted = await this.#accept(request, socket, head, this.#voiceSockets);
    const query = parseVoiceQuery(params);
    if ('problem' in query) {
      accepted.inbox.discard();
      accepted.socket.close(1008, query.problem);
      return;
    }
    const isRevoked = () => verifier.isRevoked(user.token);
    this.#run(new VoiceConnection({ ...accepted, uid: user.uid, query, isRevoked, voice, logger }));
  }

  async #askWho({ socket, inbox }: AcceptedSocket): Promise<SignedIn | null> {
    this.#strangers.add(socket);
    try {
      return await authenticateByFirstMessage(socket, inbox, this.#o.verifier);
    } finally {
      this.#strangers.delete(socket);
    }
  }

  async #authenticate(request: IncomingMessage): Promise<SignedIn | { reason: string }> {
    const session = sessionTokenOf('GET', request.headers, this.#o.publicUrl);
    const header = request.headers.authorization ?? (session && `Bearer ${session}`);
    try {
      const uid = await authenticate(this.#o.verifier, header, AUTHORIZATION_ERRORS.rejected);
      return { uid, token: parseAuthorization(header) };
    } catch (error) {
      return { reason: isAppError(error, 'unauthenticated') ? error.message : 'Auth error' };
    }
  }

  #accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    sockets = this.#sockets,
  ): Promise<AcceptedSocket> {
    return new Promise((resolve) => {
      sockets.handleUpgrade(request, socket, head, (accepted) => {
        resolve(readFrom(accepted, socket));
      });
    });
  }

  #serve(
    { socket, inbox }: AcceptedSocket,
    user: SignedIn,
    query: ListenQuery,
    clientKey: string,
  ): void {
    const { transcription, logger, onSegmentLatency, observe, verifier } = this.#o;
    const connection = new ListenConnection({
      socket,
      inbox,
      listen: { uid: user.uid, ...query.options, clientKey },
      isRevoked: () => verifier.isRevoked(user.token),
      transcription,
      logger,
      onSegmentLatency,
      observe,
    });
    this.#run(connection);
  }

  #run(connection: Connection): void {
    const { logger } = this.#o;
    const done = connection
      .run()
      .catch((error) => logger.error({ error: describeError(error) }, 'listen connection failed'))
      .finally(() => this.#connections.delete(connection));
    this.#connections.set(connection, done);
    // It may have signed in while the server was already closing.
    if (this.#disconnecting) void connection.goingAway();
  }

  /** Accepts no more sockets; open ones continue. */
  refuseSockets(): void {
    this.#closing = true;
  }

  /** Closes all sockets with 1001; resolves when they are closed. Their sessions may still end. */
  async disconnect(): Promise<void> {
    this.#closing = true;
    this.#disconnecting = true;
    for (const socket of this.#strangers) socket.close(1001, 'Server is shutting down');
    await Promise.all([...this.#connections.keys()].map((connection) => connection.goingAway()));
  }

  /** Closes all sockets and waits until their sessions are over. */
  async close(): Promise<void> {
    await this.disconnect();
    await Promise.all(this.#connections.values());
    this.#sockets.close();
    this.#voiceSockets.close();
  }
}

/** The device as far as it says who it is: the app sends a hash of its own, others only their source. */
function clientKeyOf(request: IncomingMessage, source: string, told: string | undefined): string {
  const header = told ?? request.headers['x-device-id-hash'];
  const device = typeof header === 'string' ? header.slice(0, 128) : '';
  return `${source}:${device}`;
}

function refuse(socket: Duplex, status: number, detail: string): void {
  const body = JSON.stringify(refusalToWire(status, detail));
  const reasons: Record<number, string> = {
    400: 'Bad Request',
    403: 'Forbidden',
    404: 'Not Found',
    421: 'Misdirected Request',
    503: 'Service Unavailable',
  };
  // A peer that keeps its half open would keep the connection, and the shutdown, waiting for ever.
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${reasons[status] ?? 'Error'}\r\n` +
      'Content-Type: application/json\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
}

/**
 * Reads an accepted socket. A function of its own, so that the listener, which lives as long as the socket, keeps
 * neither the request nor its headers.
 */
function readFrom(accepted: WebSocket, socket: Duplex): AcceptedSocket {
  const inbox = new SocketInbox(accepted, new PacedReading(socket));
  // Without a listener a protocol error would end the process. `ws` has sent the close frame
  // that says what was wrong; a client that goes on sending is cut off after the close timeout.
  accepted.on('error', () => inbox.discard());
  return { socket: accepted, inbox };
}
