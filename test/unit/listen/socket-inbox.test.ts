import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { SocketInbox } from '../../../src/listen/socket-inbox.ts';

/** The parts of a socket that an inbox uses. */
class InboxSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  paused = false;
  readonly pongs: string[] = [];
  pong(data: Buffer): void {
    this.pongs.push(data.toString());
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  say(text: string): void {
    this.emit('message', Buffer.from(text), false);
  }
}

function setUp() {
  const socket = new InboxSocket();
  const inbox = new SocketInbox(socket as unknown as WebSocket);
  const heard: string[] = [];
  const hear = ({ bytes }: { bytes: Buffer }) => heard.push(bytes.toString());
  return { socket, inbox, heard, hear };
}

describe('SocketInbox', () => {
  it('keeps what comes before somebody reads, in order', () => {
    const { socket, inbox, heard, hear } = setUp();
    socket.say('a');
    socket.say('b');
    inbox.readOne(hear);
    socket.say('c');
    expect(heard).toEqual(['a']);
    inbox.read(hear);
    socket.say('d');
    expect(heard).toEqual(['a', 'b', 'c', 'd']);
  });

  it('gives one reader one message', () => {
    const { socket, inbox, heard, hear } = setUp();
    inbox.readOne(hear);
    socket.say('a');
    socket.say('b');
    expect(heard).toEqual(['a']);
    inbox.pause();
    inbox.read(hear);
    expect(heard).toEqual(['a', 'b']);
  });

  it('stops reading the socket at a megabyte, and goes on when somebody reads', () => {
    const { socket, inbox, heard, hear } = setUp();
    socket.say('x'.repeat(1024 * 1024 - 1));
    expect(socket.paused).toBe(false);
    socket.say('y');
    expect(socket.paused).toBe(true);
    inbox.read(hear);
    expect(socket.paused).toBe(false);
    expect(heard).toHaveLength(2);
  });

  it('stops reading the socket at 2000 messages', () => {
    const { socket } = setUp();
    for (let i = 0; i < 1999; i += 1) socket.say('');
    expect(socket.paused).toBe(false);
    socket.say('');
    expect(socket.paused).toBe(true);
  });

  it('lets the reader pause the socket again', () => {
    const { socket, inbox } = setUp();
    socket.say('a');
    inbox.read(() => socket.pause());
    expect(socket.paused).toBe(true);
  });

  it('answers a ping when what came before it is safe, and not sooner', async () => {
    const { socket, inbox, hear } = setUp();
    const safe: (() => void)[] = [];
    socket.emit('ping', Buffer.from('nothing yet'));
    await Promise.resolve();
    expect(socket.pongs).toEqual(['nothing yet']);
    socket.say('a');
    socket.emit('ping', Buffer.from('early'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(socket.pongs).toEqual(['nothing yet']);
    inbox.read(hear, () => new Promise((resolve) => safe.push(resolve)));
    socket.say('b');
    socket.emit('ping', Buffer.from('later'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(socket.pongs).toEqual(['nothing yet']);
    for (const resolve of safe) resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(socket.pongs).toEqual(['nothing yet', 'early', 'later']);
  });

  it('drops everything once told to, and lets the socket be read', () => {
    const { socket, inbox, heard, hear } = setUp();
    socket.say('x'.repeat(2 * 1024 * 1024));
    inbox.discard();
    socket.say('a');
    expect(socket.paused).toBe(false);
    inbox.readOne(hear);
    expect(heard).toEqual([]);
  });
});
