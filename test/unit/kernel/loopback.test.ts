import { createServer, type Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { isLoopbackHost, refuseOutbound } from '../../../src/kernel/loopback.ts';

/** Of TEST-NET-1 (RFC 5737): nobody's address. */
const ELSEWHERE = '192.0.2.1';

describe('isLoopbackHost', () => {
  it.each(['127.0.0.1', '127.9.8.7', '::1', '[::1]', 'localhost', 'LOCALHOST', '::ffff:127.0.0.1'])(
    'takes %s',
    (host) => expect(isLoopbackHost(host)).toBe(true),
  );
  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '128.0.0.1',
    '::',
    '::2',
    '::ffff:10.0.0.1',
    'example.com',
    '127.0.0.1.example.com',
    'localhost.example.com',
    '',
  ])('refuses %s', (host) => expect(isLoopbackHost(host)).toBe(false));
});

describe('refuseOutbound', () => {
  let server: Server;
  let port: number;
  let end: () => void = () => undefined;
  beforeAll(async () => {
    server = createServer((_request, response) => response.end('here'));
    new WebSocketServer({ server });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());
  afterEach(() => end());

  const failure = (socket: net.Socket): Promise<string> =>
    new Promise((resolve, reject) => {
      socket.on('error', (error) => resolve(error.message));
      socket.on('connect', () => reject(new Error('connected')));
    });
  const refused = /PRIVATE is set/;

  it('refuses other machines, by whatever client', async () => {
    end = refuseOutbound();
    expect(await failure(net.connect(9, ELSEWHERE))).toMatch(refused);
    expect(await failure(net.connect({ port: 9, host: ELSEWHERE }))).toMatch(refused);
    expect(await failure(tls.connect({ port: 9, host: ELSEWHERE }))).toMatch(refused);
    const error = await fetch(`http://${ELSEWHERE}:8080/`).catch((thrown: Error) => thrown);
    expect(String((error as Error).cause)).toMatch(refused);
    const socket = new WebSocket(`ws://${ELSEWHERE}:9/`);
    const message = await new Promise<string>((resolve) =>
      socket.on('error', (thrown) => resolve(thrown.message)),
    );
    expect(message).toMatch(refused);
  });

  it('refuses names, without asking who they are', async () => {
    end = refuseOutbound();
    expect(await failure(net.connect({ port: 9, host: 'example.com' }))).toMatch(refused);
  });

  it('refuses a local name that leads elsewhere', async () => {
    end = refuseOutbound();
    // No such name is in any hosts file: whatever answers, it is not taken for this machine.
    const message = await failure(net.connect({ port: 9, host: 'elsewhere.localhost' })).catch(
      (error: Error) => error.message,
    );
    expect(message).toMatch(/PRIVATE is set|ENOTFOUND|EAI_AGAIN|ECONNREFUSED/);
  });

  it('lets this machine be reached, by address and by name', async () => {
    end = refuseOutbound();
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await (await fetch(`http://${host}:${port}/`)).text()).toBe('here');
      const socket = new WebSocket(`ws://${host}:${port}/`);
      await new Promise((resolve, reject) => {
        socket.on('open', resolve);
        socket.on('error', reject);
      });
      socket.terminate();
    }
  });

  it('ends when the last of them has ended', async () => {
    const original = net.Socket.prototype.connect;
    const endFirst = refuseOutbound();
    const endSecond = refuseOutbound();
    endFirst();
    endFirst();
    expect(net.Socket.prototype.connect).not.toBe(original);
    endSecond();
    expect(net.Socket.prototype.connect).toBe(original);
  });
});
