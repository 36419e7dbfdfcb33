/**
 * The floor of the live path: a `ws` server that forwards each message of a client to the provider
 * over a `ws` client connection, and each text of the provider back. Nothing else: no sign-in, no
 * log, no store. Compiled, like the server that it is compared with.
 *
 * Usage: node dist/bench/bare-relay.js <ws address of the provider>
 */
import type { AddressInfo } from 'node:net';
import { type RawData, WebSocket, WebSocketServer } from 'ws';

const provider = process.argv[2];
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });

server.on('connection', (client, request) => {
  const query = new URL(request.url ?? '/', 'http://localhost').search;
  const upstream = new WebSocket(`${provider}/v1/listen${query}`, { perMessageDeflate: false });
  const early: [RawData, boolean][] = [];
  client.on('message', (data, isBinary) => {
    if (upstream.readyState === WebSocket.OPEN) upstream.send(data, { binary: isBinary });
    else early.push([data, isBinary]);
  });
  upstream.on('open', () => {
    for (const [data, isBinary] of early.splice(0)) upstream.send(data, { binary: isBinary });
  });
  upstream.on('message', (data, isBinary) => client.send(data, { binary: isBinary }));
  client.on('close', () => upstream.close());
  upstream.on('close', () => client.close());
  client.on('error', () => client.terminate());
  upstream.on('error', () => upstream.terminate());
});

server.on('listening', () => {
  process.send?.({ ready: true, port: (server.address() as AddressInfo).port });
});
process.on('disconnect', () => process.exit(0));
