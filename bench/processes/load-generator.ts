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
  /** From the sending of the last frame of a second of audio to the words of that second, milliseconds. */
  newestFrameMs: number[];
  socketsClosed: number;
}

interface Client {
  socket: WebSocket;
  sent: number;
  /** When its first frame is due; undefined until it sends. */
  startedAt: number | undefined;
  /** When the last frame of each second was sent whose words have not come yet. */
  secondsSent: number[];
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
let newestFrameMs: number[] = [];
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
  const client: Client = {
    socket,
    sent: 0,
    startedAt: undefined,
    secondsSent: [],
    lastMark: undefined,
    isReady: false,
  };
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
  const sentAt = client.secondsSent.shift();
  if (!measuring) return;
  latenciesMs.push(msSinceMark(mark));
  if (sentAt !== undefined) newestFrameMs.push(performance.now() - sentAt);
}

/**
 * Starts sending from the clients that do not send yet; they begin one after the other over a second.
 *
 * @param speed how many times as fast as real time the audio is sent
 */
function send({ speed = 1 }: { speed?: number }): void {
  const frames = framesOf.get(current) ?? [];
  const frameMs = FRAME_MS[current] / speed;
  const silent = clients.filter((client) => client.startedAt === undefined);
  const begin = performance.now() + 20;
  for (const [i, client] of silent.entries()) client.startedAt = begin + (i * 1000) / silent.length;
  ticker ??= setInterval(() => {
    for (const client of clients) sendDue(client, frames, frameMs);
  }, TICK_MS);
}

function sendDue(client: Client, frames: readonly Uint8Array[], frameMs: number): void {
  const { socket, startedAt } = client;
  if (startedAt === undefined) return;
  const now = performance.now();
  const due = Math.floor((now - startedAt) / frameMs) + 1;
  for (; client.sent < due; client.sent += 1) {
    const frame = frames[client.sent % frames.length];
    if (!frame || socket.readyState !== WebSocket.OPEN) continue;
    socket.send(frame, { binary: true });
    if (((client.sent + 1) * FRAME_MS[current]) % 1000 === 0) client.secondsSent.push(now);
    if (!measuring) continue;
    framesSent += 1;
    lagsMs.push(now - startedAt - client.sent * frameMs);
  }
}

function beginMeasuring(): void {
  framesSent = 0;
  socketsClosed = 0;
  latenciesMs = [];
  lagsMs = [];
  newestFrameMs = [];
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
    newestFrameMs,
    socketsClosed,
  };
}

async function disconnect(): Promise<void> {
  clearInterval(ticker);
  ticker = undefined;
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
