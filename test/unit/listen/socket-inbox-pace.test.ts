import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { PacedReading } from '../../../src/listen/paced-reading.ts';
import { SocketInbox } from '../../../src/listen/socket-inbox.ts';

const FRAME = new Uint8Array(640);
const SLOW = 40;
const FRAMES = 141;

let server: WebSocketServer;
let client: WebSocket;
let inbox: SocketInbox;
let received: number;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: false });
  await once(server, 'listening');
  const accepted = new Promise<SocketInbox>((resolve) => {
    server.once('connection', (socket, { socket: below }) => {
      resolve(new SocketInbox(socket, new PacedReading(below)));
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  client = new WebSocket(`ws://127.0.0.1:${address.port}`);
  await once(client, 'open');
  inbox = await accepted;
  received = 0;
  inbox.read(() => {
    received += 1;
  });
});
afterEach(() => {
  client.terminate();
  server.close();
});

describe('a socket that rests', () => {
  it('is read to the end of what was sent, though packets were held back for those before them', async () => {
    // The kernel acknowledges the first packets of a connection at once, later ones when they are read.
    for (let sent = 0; sent < SLOW; sent += 1) {
      client.send(FRAME);
      await delay(2);
    }
    inbox.pace();
    client.send(FRAME);
    await expect.poll(() => received).toBe(SLOW + 1);
    // More packets than a connection sends before the first of them is acknowledged.
    for (let sent = SLOW + 1; sent < FRAMES; sent += 1) client.send(FRAME);
    await inbox.catchUp();
    expect(received).toBe(FRAMES);
  });

  it('is not read for ever while the sender goes on', async () => {
    inbox.pace();
    let isSending = true;
    const sending = (async () => {
      while (isSending) {
        client.send(FRAME);
        await delay(0);
      }
    })();
    await inbox.catchUp();
    isSending = false;
    await sending;
    expect(client.readyState).toBe(client.OPEN);
  });
});
