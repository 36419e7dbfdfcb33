import { connect, createServer, type Server, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PacedReading } from '../../../src/listen/paced-reading.ts';
import { eventually } from '../../fixtures/eventually.ts';

let server: Server;
let client: Socket;
let socket: Socket;
let reading: PacedReading;
let chunks: string[];

beforeEach(async () => {
  const accepted = new Promise<Socket>((resolve) => {
    server = createServer(resolve).listen(0, '127.0.0.1');
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  client = connect(address.port, '127.0.0.1').setNoDelay();
  socket = await accepted;
  reading = new PacedReading(socket);
  chunks = [];
  socket.on('data', (bytes: Buffer) => chunks.push(bytes.toString()));
});
afterEach(() => {
  client.destroy();
  socket.destroy();
  server.close();
});

/** Sends bytes and waits until the kernel has them, and the event loop had many chances to read. */
async function send(text: string): Promise<void> {
  await new Promise<void>((resolve) => client.write(text, () => resolve()));
  for (let i = 0; i < 50; i += 1) await turn();
}

describe('PacedReading', () => {
  it('reads once what came in several messages since the last read', async () => {
    reading.begin();
    await send('a');
    await eventually(() => expect(chunks).toEqual(['a']));
    await send('b');
    await send('c');
    expect(chunks).toEqual(['a']);
    reading.read();
    await eventually(() => expect(chunks).toEqual(['a', 'bc']));
  });

  it('has read what the kernel has when the call returns', async () => {
    reading.begin();
    await send('a');
    await eventually(() => expect(chunks).toEqual(['a']));
    await send('b');
    reading.read();
    expect(chunks).toEqual(['a', 'b']);
    expect(reading.reads).toBe(2);
    await send('c');
    expect(chunks).toEqual(['a', 'b']);
    reading.read();
    expect(chunks).toEqual(['a', 'b', 'c']);
  });

  it('leaves it to the event loop to read what is encrypted', async () => {
    Object.assign(socket, { encrypted: true });
    reading.begin();
    await send('a');
    await eventually(() => expect(chunks).toEqual(['a']));
    await send('b');
    reading.read();
    expect(chunks).toEqual(['a']);
    await eventually(() => expect(chunks).toEqual(['a', 'b']));
  });

  it('reads on as always if its end is asked for while it reads', async () => {
    reading.begin();
    await send('a');
    await eventually(() => expect(chunks).toEqual(['a']));
    socket.once('data', () => reading.end());
    await send('b');
    reading.read();
    await send('c');
    await send('d');
    await eventually(() => expect(chunks).toEqual(['a', 'b', 'c', 'd']));
  });

  it('notices at the next read that the connection was broken', async () => {
    let closed = false;
    socket
      .on('error', () => undefined)
      .on('close', () => {
        closed = true;
      });
    reading.begin();
    await send('a');
    await eventually(() => expect(chunks).toEqual(['a']));
    client.resetAndDestroy();
    for (let i = 0; i < 50; i += 1) await turn();
    await eventually(() => {
      reading.read();
      expect(closed).toBe(true);
    });
  });

  it('reads at once what comes after a read that found nothing', async () => {
    reading.begin();
    await send('a');
    await eventually(() => expect(chunks).toEqual(['a']));
    reading.read();
    for (let i = 0; i < 50; i += 1) await turn();
    await send('b');
    await eventually(() => expect(chunks).toEqual(['a', 'b']));
  });

  it('goes on reading while the sender is faster than the pace', async () => {
    reading.begin();
    client.write('x'.repeat(4 * 1024 * 1024));
    const bytes = () => chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    // The last read may be a small one; all before it go on.
    await eventually(() => {
      reading.read();
      expect(bytes()).toBe(4 * 1024 * 1024);
    });
    expect(chunks.length).toBeGreaterThan(4);
  });

  it('reads as always before it has begun and after its end', async () => {
    await send('a');
    await send('b');
    await eventually(() => expect(chunks).toEqual(['a', 'b']));
    reading.begin();
    await send('c');
    await eventually(() => expect(chunks).toEqual(['a', 'b', 'c']));
    await send('d');
    reading.end();
    await eventually(() => expect(chunks).toEqual(['a', 'b', 'c', 'd']));
    await send('e');
    await eventually(() => expect(chunks).toEqual(['a', 'b', 'c', 'd', 'e']));
  });

  it('notices the end of the connection at the next read', async () => {
    let ended = false;
    socket.on('end', () => {
      ended = true;
    });
    reading.begin();
    await send('a');
    await eventually(() => expect(chunks).toEqual(['a']));
    client.end();
    for (let i = 0; i < 50; i += 1) await turn();
    expect(ended).toBe(false);
    reading.read();
    await eventually(() => expect(ended).toBe(true));
  });

  it('goes on after the stream was paused and resumed by somebody else', async () => {
    reading.begin();
    await send('a');
    await eventually(() => expect(chunks).toEqual(['a']));
    socket.pause();
    reading.read();
    await send('b');
    await send('c');
    socket.resume();
    await eventually(() => expect(chunks.join('')).toBe('abc'));
    await send('d');
    reading.read();
    await eventually(() => expect(chunks.join('')).toBe('abcd'));
  });

  it('leaves a socket alone that is destroyed', async () => {
    reading.begin();
    await send('a');
    await eventually(() => expect(chunks).toEqual(['a']));
    socket.destroy();
    await turn();
    expect(() => {
      reading.read();
      reading.end();
    }).not.toThrow();
  });

  it('leaves a stream alone that reads from no kernel', () => {
    const stream = new PassThrough();
    const seen: string[] = [];
    const paced = new PacedReading(stream);
    stream.on('data', (bytes: Buffer) => seen.push(bytes.toString()));
    paced.begin();
    stream.write('a');
    stream.write('b');
    paced.read();
    paced.end();
    expect(seen).toEqual(['a', 'b']);
  });
});
