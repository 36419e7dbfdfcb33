import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listenSessions } from '../../src/model/conversations/listen-session.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { audioLogFiles, expectServing, heldBytes } from './misbehaviour.ts';
import { opusFrames, pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const SPEECH = synthesise(
  [
    { speaker: 0, text: 'The harbour opens at seven.' },
    { speaker: 1, text: 'Then we load the crates at eight.' },
  ],
  { leadMs: 1_000, tailMs: 1_000 },
);
const WORDS = SPEECH.words.map(({ text }) => text).join(' ');
const OPUS = { sample_rate: '16000', codec: 'opus_fs320' };
const MEGABYTE = 2 ** 20;

let simulator: DeepgramSimulator;
let server: TestServer;
const open = new Set<ListenClient>();
beforeAll(async () => {
  simulator = await DeepgramSimulator.start();
  server = await startServerWithStt();
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});
afterEach(async () => {
  for (const client of open) client.socket.terminate();
  open.clear();
  await server.api('POST', '/v1/conversations', {});
  await expectServing(server);
});

function startServerWithStt(env: Record<string, string> = {}): Promise<TestServer> {
  const stt = { DEEPGRAM_API_KEY: 'test-key', DEEPGRAM_BASE_URL: simulator.url };
  return startTestServer({ ...stt, ...env });
}

async function connect(query: Record<string, string>, to = server): Promise<ListenClient> {
  const client = await ListenClient.connect(to.wsUrl, to.token, query);
  open.add(client);
  await client.ready();
  return client;
}

/** Bytes that look random and are the same in every run. */
function noise(length: number, seed: number): Uint8Array {
  const parts: Buffer[] = [];
  for (let i = 0; parts.length * 32 < length; i += 1) {
    parts.push(createHash('sha256').update(`${seed} ${i}`).digest());
  }
  return Buffer.concat(parts).subarray(0, length);
}

/** Sends all bytes of the silence, waiting for the server as TCP makes a client wait. */
async function sendSilence(client: ListenClient, bytes: number): Promise<void> {
  const frame = Buffer.alloc(MEGABYTE);
  for (let sent = 0; sent < bytes; sent += frame.length) {
    await new Promise<void>((resolve, reject) => {
      client.socket.send(frame.subarray(0, Math.min(frame.length, bytes - sent)), (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }
}

describe('Opus declared, and something else sent', () => {
  it('is skipped and told where none of it is Opus, and Opus is heard after it', async () => {
    const client = await connect(OPUS);
    for (let i = 0; i < 40; i += 1) {
      client.socket.send(Buffer.from(`{"type":"text in a binary frame","number":${i}}`));
    }
    await client.until(() => client.statuses().includes('audio_invalid'));
    const told = client.events.find(({ status }) => status === 'audio_invalid');
    expect(told?.status_text).toMatch(/opus_fs320/);
    expect(client.statuses().filter((status) => status === 'audio_invalid')).toHaveLength(1);
    await play(client.socket, opusFrames(SPEECH.pcm), 8);
    await server.api('POST', '/v1/conversations', {});
    expect(client.text()).toBe(WORDS);
    expect(client.closed).toBeUndefined();
    await client.close();
  });

  it.each([
    ['silence as PCM', (_: number) => new Uint8Array(640)],
    ['noise as PCM', (i: number) => noise(640, i)],
    ['noise of any length', (i: number) => noise(3 + ((i * 37) % 1500), i)],
    ['one byte too few of everything', (i: number) => noise(3, i)],
  ])('ends no session: %s, then speech', async (_name, frame) => {
    const client = await connect(OPUS);
    for (let i = 0; i < 150; i += 1) client.socket.send(frame(i));
    await play(client.socket, opusFrames(SPEECH.pcm), 8);
    await client.until(() => client.text().includes('crates at eight.'));
    expect(client.closed).toBeUndefined();
    await client.close();
  });

  it('ends no session where packets are cut in the middle', async () => {
    const client = await connect(OPUS);
    const whole = opusFrames(SPEECH.pcm);
    const cut = whole.map((packet) => packet.slice(0, Math.ceil(packet.length / 2)));
    await play(client.socket, [...cut, ...whole], 8);
    await client.until(() => client.text().includes('crates at eight.'));
    expect(client.closed).toBeUndefined();
    await client.close();
  });
});

describe('PCM', () => {
  it('may be cut anywhere, in the middle of a sample too', async () => {
    const client = await connect({ sample_rate: '16000', codec: 'pcm16' });
    const frames: Uint8Array[] = [];
    for (let at = 0, i = 0; at < SPEECH.pcm.length; i += 1) {
      const size = 3 + ((i * 389) % 1277);
      frames.push(SPEECH.pcm.slice(at, at + size));
      at += size;
    }
    await play(client.socket, frames, 8);
    await server.api('POST', '/v1/conversations', {});
    expect(client.text()).toBe(WORDS);
    await client.close();
  });

  it('may be no PCM at all', async () => {
    const client = await connect({ sample_rate: '16000', codec: 'pcm16' });
    for (let i = 0; i < 100; i += 1)
      client.socket.send(Buffer.from('{"type":"suggested_transcript"}'));
    for (let i = 0; i < 100; i += 1) client.socket.send(noise(640, i));
    await play(client.socket, pcmFrames(SPEECH.pcm, 16_000), 8);
    await client.until(() => client.text().includes('crates at eight.'));
    await client.close();
  });
});

describe('words of a client that did not say that it transcribes by itself', () => {
  it('are not taken', async () => {
    const client = await connect({ sample_rate: '16000', codec: 'pcm16' });
    client.suggest([{ text: 'Nobody ever said this.', start: 0, end: 1 }]);
    await play(client.socket, pcmFrames(SPEECH.pcm, 16_000), 8);
    await server.api('POST', '/v1/conversations', {});
    expect(client.text()).toBe(WORDS);
    await client.close();
  });
});

describe('a client that sends silence', () => {
  it('has its audio log released as the provider answers', async () => {
    const client = await connect({ sample_rate: '8000', codec: 'pcm8' });
    // Five minutes in pieces of 30 s, so that there are several files.
    for (let i = 0; i < 10; i += 1) {
      client.socket.send(Buffer.alloc(8_000 * 2 * 30));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await expect.poll(async () => (await audioLogFiles(server)).length).toBeGreaterThan(3);
    const [first] = await audioLogFiles(server);
    await expect.poll(async () => audioLogFiles(server), { interval: 500 }).not.toContain(first);
    await client.close();
  });

  it('of ten hours costs no memory and holds up nothing', async () => {
    const own = await startServerWithStt({ AUDIO_BURST_MINUTES: '0' });
    const client = await connect({ sample_rate: '8000', codec: 'pcm8' }, own);
    const hour = 8_000 * 2 * 3_600;
    await sendSilence(client, hour);
    const { transcription, store } = own.context;
    const before = { held: heldBytes(), rss: process.memoryUsage().rss };
    for (let i = 1; i < 10; i += 1) {
      await sendSilence(client, hour);
      expect(heldBytes() - before.held, `after hour ${i + 1}`).toBeLessThan(40 * MEGABYTE);
      expect(process.memoryUsage().rss - before.rss).toBeLessThan(300 * MEGABYTE);
    }
    expect((await own.api('GET', '/v1/health')).status).toBe(200);
    await client.close();
    // What the provider has not heard yet is left to a job: the session is over at once.
    await expect.poll(() => transcription.sessionCount).toBe(0);
    const sessions = await store.query(listenSessions, own.uid, {
      query: 'ofConversation',
      limit: 10,
    });
    expect(sessions.items.map(({ state }) => state)).toEqual(['draining']);
    await own.stop();
  }, 180_000);
});
