import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { DeepgramConnection, type DeepgramRecord } from './deepgram-connection.ts';
import { type DeepgramFault, HANDSHAKE_ANSWERS } from './deepgram-faults.ts';
import type { SpeechClip } from './speech-clips.ts';

export interface DeepgramSimulatorOptions {
  /** The one key that is accepted. */
  apiKey: string;
  /** Recordings that are recognised besides synthetic speech. */
  clips: readonly SpeechClip[];
  /** Wall time without a frame after which the connection is closed with 1011 net0001. */
  idleTimeoutMs: number;
  /** 0 for any free port. */
  port: number;
}

const ENCODINGS = ['linear16', 'opus', 'ogg-opus'];
const BOOLEANS = [
  'punctuate',
  'smart_format',
  'interim_results',
  'diarize',
  'profanity_filter',
  'filler_words',
  'multichannel',
  'vad_events',
  'no_delay',
];

/**
 * A server that speaks Deepgram's live protocol (`/v1/listen`) and recognises the samples it
 * receives: audio that was not sent gives no words, audio that was sent twice gives them twice.
 * Faults wait in a queue, one for each connection; it records what each connection sent.
 */
export class DeepgramSimulator {
  readonly connections: DeepgramRecord[] = [];
  /** Taken one by one by the next connections. */
  readonly faults: (DeepgramFault | null)[] = [];
  /** What every connection gets while the queue is empty. */
  lastingFault: DeepgramFault | null = null;
  readonly #options: DeepgramSimulatorOptions;
  readonly #sockets = new Set<Duplex>();
  readonly #webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  #server: Server;
  #port: number;

  private constructor(options: DeepgramSimulatorOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#server = this.#createServer();
  }

  static async start(options: Partial<DeepgramSimulatorOptions> = {}): Promise<DeepgramSimulator> {
    const simulator = new DeepgramSimulator({
      apiKey: 'test-key',
      clips: [],
      idleTimeoutMs: 12_000,
      port: 0,
      ...options,
    });
    await simulator.resume();
    return simulator;
  }

  /** Origin for `DEEPGRAM_BASE_URL`. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get apiKey(): string {
    return this.#options.apiKey;
  }

  /** Listens (again), always on the same port. */
  async resume(): Promise<void> {
    this.#server = this.#createServer();
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Stops listening and cuts every connection: the next attempt is refused by the system. */
  async pause(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
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

  #createServer(): Server {
    const server = createServer((_request, response) => {
      response.writeHead(404).end();
    });
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    return server;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const fault = this.faults.length > 0 ? (this.faults.shift() ?? null) : this.lastingFault;
    if (fault?.kind === 'refuse') {
      socket.destroy();
      return;
    }
    if (fault?.kind === 'hang') return;
    const url = new URL(request.url ?? '/', 'http://localhost');
    const status = fault?.kind === 'handshake' ? fault.status : this.#judge(request, url);
    const requestId = randomUUID();
    if (status !== 101) {
      refuse(socket, status, requestId);
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const { clips, idleTimeoutMs } = this.#options;
      const settings = { query: url.searchParams, requestId, fault, clips, idleTimeoutMs };
      const connection = new DeepgramConnection(webSocket, settings);
      this.connections.push(connection.record);
    });
  }

  /** HTTP status of the handshake. */
  #judge(request: IncomingMessage, url: URL): number {
    if (!url.pathname.endsWith('/v1/listen')) return 404;
    if (request.headers.authorization !== `Token ${this.#options.apiKey}`) return 401;
    const query = url.searchParams;
    const encoding = query.get('encoding');
    if (encoding !== null && !ENCODINGS.includes(encoding)) return 400;
    const needsRate = encoding === 'linear16' || encoding === 'opus';
    if (needsRate && !/^(8000|12000|16000|24000|48000)$/.test(query.get('sample_rate') ?? '')) {
      return 400;
    }
    if (!BOOLEANS.every((name) => /^(true|false)$/.test(query.get(name) ?? 'false'))) return 400;
    if ((query.get('channels') ?? '1') !== '1') return 400;
    if (!/^(\d+|false)$/.test(query.get('endpointing') ?? '10')) return 400;
    const model = query.get('model') ?? 'base';
    if (!/^(nova-3|nova-2|nova|enhanced|base)(-[a-z]+)?$/.test(model)) return 400;
    return query.has(model.startsWith('nova-3') ? 'keywords' : 'keyterm') ? 400 : 101;
  }
}

function refuse(socket: Duplex, status: number, requestId: string): void {
  const { code, text } = HANDSHAKE_ANSWERS[status] ?? { code: 'NOT_FOUND', text: 'Not found.' };
  const body = JSON.stringify({ err_code: code, err_msg: text, request_id: requestId });
  socket.end(
    [
      `HTTP/1.1 ${status} Error`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      `dg-error: ${text}`,
      `dg-request-id: ${requestId}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
