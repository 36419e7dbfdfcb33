import { stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../fixtures/eventually.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { audioLogFiles } from './misbehaviour.ts';
import { pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const SPEECH = synthesise([{ speaker: 0, text: 'Nobody has heard a word of this until now.' }]);
const WORDS = SPEECH.words.map(({ text }) => text).join(' ');
const PCM = { sample_rate: '16000', codec: 'pcm16', conversation_timeout: '2' };
const MEGABYTE = 2 ** 20;

interface WireConversation {
  status: string;
  gaps: unknown[];
  transcript_segments: { text: string }[];
}

/** Sends silence as fast as the server takes it, until all is sent or the server closes. */
async function flood(client: ListenClient, bytes: number): Promise<void> {
  const frame = Buffer.alloc(MEGABYTE);
  for (let sent = 0; sent < bytes && client.closed === undefined; sent += frame.length) {
    await new Promise<void>((resolve) => client.socket.send(frame, () => resolve()));
  }
}

describe('a user who floods the audio log while no speech service answers', () => {
  let simulator: DeepgramSimulator;
  let server: TestServer;
  let loud: string;
  const env = () => ({
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: simulator.url,
    AUDIO_LOG_MAX_MB: '16',
  });
  beforeAll(async () => {
    simulator = await DeepgramSimulator.start();
    simulator.lastingFault = { kind: 'refuse' };
    server = await startTestServer(env());
    const { accounts } = server.context;
    loud = (await accounts.createToken((await accounts.createUser('Loud')).id, 'test')).token;
  });
  afterAll(async () => {
    await server.stop();
    await simulator.close();
  });

  async function connect(token: string): Promise<ListenClient> {
    const client = await ListenClient.connect(server.wsUrl, token, PCM);
    await client.ready();
    return client;
  }

  it("is told, loses the own audio alone, and nobody's words are lost", async () => {
    const quiet = await connect(server.token);
    await play(quiet.socket, pcmFrames(SPEECH.pcm, 16_000), 20);
    await quiet.close();
    await eventually(() => expect(server.context.transcription.sessionCount).toBe(0));

    // One session fills the share and is ended; those that follow push out what came before them.
    const first = await connect(loud);
    await flood(first, 250 * MEGABYTE);
    await first.until(() => first.closed !== undefined);
    expect(first.statuses()).toContain('storage_full');
    expect(first.closed).toMatchObject({ code: 1008 });
    const second = await connect(loud);
    await flood(second, 250 * MEGABYTE);
    await second.until(() => second.closed !== undefined);
    expect(second.statuses()).toEqual(expect.arrayContaining(['audio_deleted', 'storage_full']));
    await eventually(() => expect(server.context.transcription.sessionCount).toBe(0));

    simulator.lastingFault = null;
    await server.stop({ keepData: true });
    server = await startTestServer(env(), server.dataDir);
    const conversation = await eventually(async () => {
      const { body } = await server.api('GET', '/v1/conversations?limit=5');
      const [found, ...others] = body as WireConversation[];
      expect(others).toEqual([]);
      expect(found?.status).toBe('completed');
      return found;
    });
    expect(conversation?.transcript_segments.map(({ text }) => text).join(' ')).toBe(WORDS);
    expect(conversation?.gaps).toEqual([]);
  });
});

describe('a client that sends faster than anybody can speak', () => {
  let server: TestServer;
  let simulator: DeepgramSimulator;
  beforeAll(async () => {
    simulator = await DeepgramSimulator.start();
    server = await startTestServer({
      DEEPGRAM_API_KEY: 'test-key',
      DEEPGRAM_BASE_URL: simulator.url,
      AUDIO_BURST_MINUTES: '1',
    });
  });
  afterAll(async () => {
    await server.stop();
    await simulator.close();
  });

  it('is told, and read no faster than four times real time after a burst', async () => {
    const client = await ListenClient.connect(server.wsUrl, server.token, PCM);
    await client.ready();
    const startedAt = performance.now();
    const flooding = flood(client, 250 * MEGABYTE);
    await client.until(() => client.statuses().includes('audio_too_fast'));
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const files = await audioLogFiles(server);
    const sizes = await Promise.all(
      files.map((file) => stat(path.join(server.dataDir, 'audio-log', file))),
    );
    const heardS = sizes.reduce((sum, { size }) => sum + size, 0) / 32_000;
    const elapsedS = (performance.now() - startedAt) / 1000;
    client.socket.terminate();
    await flooding;
    // The burst, four times real time, and the message that puts the allowance into debt.
    expect(heardS).toBeLessThan(60 + elapsedS * 4 + (2 * MEGABYTE) / 32_000);
    // The server serves everybody else.
    expect((await server.api('GET', '/v1/health')).status).toBe(200);
  });
});
