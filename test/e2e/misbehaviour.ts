import { readdir } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import { listenSessions } from '../../src/model/conversations/listen-session.ts';
import { ListenClient } from './listen-client.ts';
import type { TestServer } from './test-server.ts';

export const TEXT_SESSION = { custom_stt: 'enabled', language: 'en' };

let sentence = 0;

/**
 * What must hold after every attack: a normal client is served, and then no session, no document
 * of one and no logged audio is left.
 */
export async function expectServing(server: TestServer): Promise<void> {
  sentence += 1;
  const words = `The attack number ${sentence} changed nothing for anybody else.`;
  const client = await ListenClient.connect(server.wsUrl, server.token, TEXT_SESSION);
  await client.ready();
  client.suggest([{ text: words, start: sentence * 100, end: sentence * 100 + 4 }]);
  await client.until(() => client.text().includes(words));
  expect((await server.api('GET', '/v1/health')).status).toBe(200);
  await client.close();
  await expectNothingLeft(server);
}

export async function expectNothingLeft(server: TestServer): Promise<void> {
  const { transcription, store } = server.context;
  await expect.poll(() => transcription.sessionCount).toBe(0);
  const { items } = await store.query(listenSessions, server.uid, {
    query: 'ofConversation',
    limit: 10,
  });
  expect(items).toEqual([]);
  expect(await audioLogFiles(server)).toEqual([]);
}

/** Bytes that this process really holds in buffers: what can be collected is collected first. */
export function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Buffers are freed on another thread, which may have no time yet: the second call waits for it.
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
}

/** Chunk files of the audio log, over all sessions. */
export async function audioLogFiles(server: TestServer): Promise<string[]> {
  const directory = path.join(server.dataDir, 'audio-log');
  const names = await readdir(directory, { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith('.chunk')).sort();
}

/** A TCP connection that says what a WebSocket library would not. */
export class RawSocket {
  readonly socket: net.Socket;
  received: Buffer = Buffer.alloc(0);
  /** The server has ended its half, or the connection is gone. */
  ended = false;

  private constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('data', (data) => {
      this.received = Buffer.concat([this.received, data]);
    });
    const ended = () => {
      this.ended = true;
    };
    socket.on('end', ended);
    socket.on('close', ended);
    socket.on('error', () => undefined);
  }

  static connect(server: TestServer): Promise<RawSocket> {
    const { hostname, port } = new URL(server.url);
    const socket = net.connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(new RawSocket(socket)));
      socket.once('error', reject);
    });
  }

  /** Sends the opening handshake of `/v4/listen` and waits for the answer's head. */
  async upgrade(server: TestServer, target: string, token: string): Promise<string> {
    this.socket.write(
      [
        `GET ${target} HTTP/1.1`,
        `Host: ${new URL(server.url).host}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        `Authorization: Bearer ${token}`,
        '\r\n',
      ].join('\r\n'),
    );
    await expect.poll(() => this.received.includes('\r\n\r\n')).toBe(true);
    return this.received.toString('latin1').split('\r\n')[0] ?? '';
  }

  /** One frame with any opcode, length and final bit, masked as a client's must be. */
  frame(
    opcode: number,
    payload: Buffer,
    options: { final?: boolean; masked?: boolean } = {},
  ): void {
    this.socket.write(rawFrame(opcode, payload, options));
  }
}

export function rawFrame(
  opcode: number,
  payload: Buffer,
  { final = true, masked = true }: { final?: boolean; masked?: boolean } = {},
): Buffer {
  const length = payload.length;
  const head = [(final ? 0x80 : 0) | opcode];
  const mask = masked ? 0x80 : 0;
  if (length < 126) head.push(mask | length);
  else if (length < 65_536) head.push(mask | 126, length >> 8, length & 255);
  else {
    head.push(mask | 127, 0, 0, 0, 0);
    head.push((length >>> 24) & 255, (length >> 16) & 255, (length >> 8) & 255, length & 255);
  }
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([Buffer.from(head), Buffer.alloc(masked ? 4 : 0), payload]);
}
