import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SpeechClip } from './speech-clips.ts';

export interface LiveSimulatorOptions {
  /** The one key that is accepted. */
  apiKey: string;
  /** Recordings that are recognised besides synthetic speech. */
  clips: readonly SpeechClip[];
  /** Wall time without a frame after which the connection is given up. */
  idleTimeoutMs: number;
  /** 0 for any free port. */
  port: number;
}

/** Something that goes wrong before a connection is open. */
export type ConnectFault =
  /** The handshake is answered with an HTTP error. */
  | { kind: 'handshake'; status: number }
  /** The TCP connection is cut before the handshake is answered. */
  | { kind: 'refuse' }
  /** The handshake is never answered. */
  | { kind: 'hang' };

/**
 * A server of live speech-to-text that listens on the loopback interface. Faults wait in a queue,
 * one for each connection; it records what each connection sent.
 */
export abstract class LiveSimulator<Fault extends { kind: string }, Record> {
  readonly connections: Record[] = [];
  /** Taken one by one by the next connections. */
  readonly faults: (Fault | ConnectFault | null)[] = [];
  /** What every connection gets while the queue is empty. */
  lastingFault: Fault | ConnectFault | null = null;
  readonly options: LiveSimulatorOptions;
  readonly #sockets = new Set<Duplex>();
  readonly #webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  #server: Server | null = null;
  #port: number;

  protected constructor(options: Partial<LiveSimulatorOptions>) {
    this.options = { apiKey: 'test-key', clips: [], idleTimeoutMs: 20_000, port: 0, ...options };
    this.#port = this.options.port;
  }

  /** HTTP origin, for a `<VENDOR>_BASE_URL`. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get apiKey(): string {
    return this.options.apiKey;
  }

  /** HTTP status of the handshake, 101 for a good one. */
  protected abstract judge(request: IncomingMessage, url: URL): number;

  protected abstract accept(
    socket: WebSocket,
    request: IncomingMessage,
    url: URL,
    fault: Fault | null,
  ): Record;

  /** Listens (again), always on the same port. */
  async resume(): Promise<void> {
    const server = createServer((_request, response) => {
      response.writeHead(404).end();
    });
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Stops listening and cuts every connection: the next attempt is refused by the system. */
  async pause(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      if (this.#server) this.#server.close(() => resolve());
      else resolve();
    });
    this.dropAll();
    await closed;
  }

  async close(): Promise<void> {
    await this.pause();
    this.#webSockets.close();
  }

  /** Cuts every open connection without a close frame. */
  dropAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const fault = this.faults.length > 0 ? (this.faults.shift() ?? null) : this.lastingFault;
    if (isConnectFault(fault)) {
      if (fault.kind === 'refuse') socket.destroy();
      if (fault.kind === 'handshake') refuse(socket, fault.status);
      return;
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    const status = this.judge(request, url);
    if (status !== 101) {
      refuse(socket, status);
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.connections.push(this.accept(webSocket, request, url, fault));
    });
  }
}

function isConnectFault(fault: { kind: string } | null): fault is ConnectFault {
  return fault !== null && ['handshake', 'refuse', 'hang'].includes(fault.kind);
}

function refuse(socket: Duplex, status: number): void {
  const body = JSON.stringify({ code: status, error: 'Refused', detail: 'The key is secret.' });
  const head = [
    `HTTP/1.1 ${status} Error`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end([...head, '', body].join('\r\n'));
}
