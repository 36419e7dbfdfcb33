/**
 * The clients of a load test, in a process of its own: opens sockets, sends each one's frames in
 * real time by one clock that does not drift, and notes when words come back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { answerQuestions } from '../bench-process.ts';
import { lastMark, msSinceMark } from '../latency-mark.ts';
import { type BenchCodec, FRAME_MS, makeFrames } from '../synthetic-audio.ts';

export interface ConnectRequest {
  url: string;
  /** A sign-in token for each client; its length is the number of clients. */
  tokens: string[];
  codec: BenchCodec;
  /** Whether the server says when it is ready, as the product does; a bare relay does not. */
  awaitsReady: boolean;
}

export interface LoadStats {
  framesSent: number;
  resultsReceived: number;
  /** From the provider's sending of a result to its arrival here, milliseconds. */
  latenciesMs: number[];
  /** How much later than due frames were sent, milliseconds: what a saturated generator shows. */
  lag: { p50Ms: number; p99Ms: number };
  socketsClosed: number;
}

interface Client {
  socket: WebSocket;
  sent: number;
  lastMark: string | undefined;
  isReady: boolean;
}

const TICK_MS = 5;
/** Sockets that are opened at a time. */
const OPEN_AT_A_TIME = 20;
const READY_LIMIT_MS = 20_000;

let clients: Client[] = [];
let closing = false;
let ticker: NodeJS.Timeout | undefined;
let measuring = false;
let framesSent = 0;
let socketsClosed = 0;
let latenciesMs: number[] = [];
let lagsMs: number[] = [];
const framesOf = new Map<BenchCodec, Uint8Array[]>();
let current: BenchCodec = 'opus_fs320';

async function connect(request: ConnectRequest): Promise<void> {
  current = request.codec;
  if (!framesOf.has(current)) framesOf.set(current, makeFrames(current));
  closing = false;
  for (let at = 0; at < request.tokens.length; at += OPEN_AT_A_TIME) {
    const some = request.tokens.slice(at, at + OPEN_AT_A_TIME);
    clients.push(...(await Promise.all(some.map((token) => open(request, token)))));
  }
  const deadline = Date.now() + READY_LIMIT_MS;
  while (request.awaitsReady && clients.some((client) => !client.isReady)) {
    if (Date.now() > deadline) throw new Error('not every session became ready');
    await sleep(20);
  }
}

function open(request: ConnectRequest, token: string): Promise<Client> {
  const socket = new WebSocket(request.url, {
    perMessageDeflate: false,
    headers: { authorization: `Bearer ${token}` },
  });
  const client: Client = { socket, sent: 0, lastMark: undefined, isReady: false };
  socket.on('message', (data: Buffer) => onText(client, data.toString('utf8')));
  socket.on('close', () => {
    if (!closing) socketsClosed += 1;
  });
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(client));
    socket.on('error', reject);
  });
}

function onText(client: Client, text: string): void {
  const mark = lastMark(text);
  if (mark === undefined) {
    if (text.includes('"ready"')) client.isReady = true;
    return;
  }
  // A frame that only repeats what was said before has no new mark.
  if (mark === client.lastMark) return;
  client.lastMark = mark;
  if (measuring) latenciesMs.push(msSinceMark(mark));
}

/**
 * Starts sending; the clients begin one after the other over a second.
 *
 * @param speed how many times as fast as real time the audio is sent
 */
function send({ speed = 1 }: { speed?: number }): void {
  const frames = framesOf.get(current) ?? [];
  const frameMs = FRAME_MS[current] / speed;
  const begin = performance.now() + 20;
  const stagger = 1000 / Math.max(1, clients.length);
  ticker = setInterval(() => {
    const now = performance.now();
    for (const [i, client] of clients.entries()) {
      const startedAt = begin + i * stagger;
      const due = Math.floor((now - startedAt) / frameMs) + 1;
      for (; client.sent < due; client.sent += 1) {
        const frame = frames[client.sent % frames.length];
        if (!frame || client.socket.readyState !== WebSocket.OPEN) continue;
        client.socket.send(frame, { binary: true });
        if (!measuring) continue;
        framesSent += 1;
        lagsMs.push(now - startedAt - client.sent * frameMs);
      }
    }
  }, TICK_MS);
}

function beginMeasuring(): void {
  framesSent = 0;
  socketsClosed = 0;
  latenciesMs = [];
  lagsMs = [];
  measuring = true;
}

function endMeasuring(): LoadStats {
  measuring = false;
  const sorted = Float64Array.from(lagsMs).sort();
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return {
    framesSent,
    resultsReceived: latenciesMs.length,
    latenciesMs,
    lag: { p50Ms: at(0.5), p99Ms: at(0.99) },
    socketsClosed,
  };
}

async function disconnect(): Promise<void> {
  clearInterval(ticker);
  closing = true;
  const closed = clients.map(
    ({ socket }) => new Promise<void>((resolve) => socket.on('close', () => resolve())),
  );
  for (const { socket } of clients) socket.close(1000);
  const limit = setTimeout(() => {
    for (const { socket } of clients) socket.terminate();
  }, 5000);
  await Promise.all(closed);
  clearTimeout(limit);
  clients = [];
}

answerQuestions({ connect, send, beginMeasuring, endMeasuring, disconnect });
process.send?.({ ready: true, port: 0 });
