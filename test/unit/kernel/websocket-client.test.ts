import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { untilAborted } from '../../../src/kernel/until-aborted.ts';
import {
  connectWebSocket,
  type WebSocketConnection,
} from '../../../src/kernel/websocket-client.ts';

let http: Server;
let url: string;
const sockets = new Set<Socket>();
let answer: (socket: WebSocket) => void;
const life = { abort: new AbortController() };

beforeEach(async () => {
  life.abort = new AbortController();
  answer = () => undefined;
  http = createServer();
  http.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  const webSockets = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, socket, head) => {
    if (request.url === '/hang') return;
    if (request.url === '/refused') {
      const body = '{"err_code":"NO"}';
      socket.end(
        `HTTP/1.1 418 Teapot\r\ndg-error: no tea\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => answer(webSocket));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterEach(async () => {
  life.abort.abort();
  await new Promise<void>((resolve) => {
    http.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
});

function connect(path = '/', timeoutMs = 2000): Promise<WebSocketConnection> {
  return connectWebSocket({ url: url + path, headers: {}, signal: life.abort.signal, timeoutMs });
}

async function texts(connection: WebSocketConnection): Promise<unknown[]> {
  const read: unknown[] = [];
  for await (const { data } of connection) read.push(data);
  return read;
}

describe('connectWebSocket', () => {
  it('reads text and binary until the server closes, with code and reason', async () => {
    answer = (socket) => {
      socket.send('hello');
      socket.send(Buffer.from([1, 2]));
      socket.close(4001, 'enough');
    };
    const connection = await connect();
    expect(await texts(connection)).toEqual(['hello', Buffer.from([1, 2])]);
    expect(await connection.closed).toEqual({ code: 4001, reason: 'enough', error: null });
    expect(await connection.send('late')).toBe(false);
  });

  it('drops what is to be skipped, as it comes', async () => {
    let begin: () => void = () => undefined;
    answer = (socket) => {
      begin = () => {
        for (const text of ['one', 'skip me', 'two', 'skip me']) socket.send(text);
        socket.close(1000);
      };
    };
    const connection = await connect();
    connection.skip((data) => data === 'skip me');
    begin();
    expect(await texts(connection)).toEqual(['one', 'two']);
  });

  it('keeps status, headers and body of a refused handshake', async () => {
    await expect(connect('/refused')).rejects.toMatchObject({
      name: 'WebSocketHandshakeError',
      kind: 'http',
      status: 418,
      headers: { 'dg-error': 'no tea' },
      body: '{"err_code":"NO"}',
    });
  });

  it('tells a timeout from a refused connection and from an abort', async () => {
    await expect(connect('/hang', 30)).rejects.toMatchObject({ kind: 'timeout', status: null });
    const hanging = connect('/hang');
    setTimeout(() => life.abort.abort(), 20);
    await expect(hanging).rejects.toMatchObject({ code: 'aborted' });
    await expect(connect()).rejects.toMatchObject({ code: 'aborted' });
    life.abort = new AbortController();
    url = 'ws://127.0.0.1:1';
    await expect(connect()).rejects.toMatchObject({ kind: 'network' });
  });

  it('makes the sender wait while the server does not read, and lets go when it is cut', async () => {
    answer = (socket) => socket.pause();
    const connection = await connect();
    const chunk = new Uint8Array(1 << 20);
    let sent = 0;
    const sending = (async () => {
      while (sent < 200 && (await connection.send(chunk))) sent += 1;
    })();
    setTimeout(() => connection.terminate(), 200);
    await sending;
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(200);
    expect((await connection.closed).code).toBe(1006);
  });

  it('does not lose messages of a reader that is slow', async () => {
    answer = (socket) => {
      for (let i = 0; i < 3000; i += 1) socket.send(String(i));
      socket.close(1000);
    };
    const connection = await connect();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const read = await texts(connection);
    expect(read).toEqual(Array.from({ length: 3000 }, (_, i) => String(i)));
  });

  it('destroys the socket of a server that does not answer the close', async () => {
    answer = (socket) => socket.pause();
    const connection = await connect();
    connection.close();
    expect((await connection.closed).code).toBe(1006);
  });

  it('ends with its signal', async () => {
    const connection = await connect();
    const read = texts(connection);
    life.abort.abort();
    expect(await read).toEqual([]);
    expect((await connection.closed).code).toBe(1006);
  });
});

describe('untilAborted', () => {
  it('ends while the source is waiting, and tells it to return', async () => {
    const abort = new AbortController();
    let returned = false;
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: () => {
          returned = true;
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
    setTimeout(() => abort.abort(), 10);
    for await (const value of untilAborted(source, abort.signal)) expect.unreachable(String(value));
    expect(returned).toBe(true);
  });

  it('passes on values, the end and errors', async () => {
    async function* source(): AsyncGenerator<number> {
      yield 1;
      yield 2;
      throw new Error('over');
    }
    const seen: number[] = [];
    const reading = (async () => {
      for await (const v of untilAborted(source(), new AbortController().signal)) seen.push(v);
    })();
    await expect(reading).rejects.toThrow('over');
    expect(seen).toEqual([1, 2]);
  });
});
