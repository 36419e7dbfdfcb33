import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conversations } from '../../src/model/conversations/conversation.ts';
import { listenSessions } from '../../src/model/conversations/listen-session.ts';
import { loadTranscript } from '../../src/transcripts/transcript.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { pcmFrames } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const SPEECH = synthesise(
  [
    { speaker: 0, text: 'The train to the coast leaves at seven in the morning.' },
    { speaker: 1, text: 'Then we should pack the blue suitcase tonight.' },
    { speaker: 0, text: 'Remember to bring the tickets and the map.' },
  ],
  { leadMs: 500 },
);
const FRAMES = pcmFrames(SPEECH.pcm, 16_000);
const FRAME_MS = 20;

let simulator: DeepgramSimulator;
let server: TestServer;
beforeAll(async () => {
  simulator = await DeepgramSimulator.start({ clips: [] });
  server = await startTestServer({
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: simulator.url,
  });
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

async function connect(streamId: string): Promise<{ client: ListenClient; positionMs: number }> {
  const client = await ListenClient.connect(server.wsUrl, server.token, {
    sample_rate: '16000',
    codec: 'pcm16',
    stream_id: streamId,
    conversation_timeout: '-1',
    partials: 'enabled',
  });
  const position = () => client.events.find(({ type }) => type === 'audio_position');
  await client.until(() => position() !== undefined || client.closed !== undefined);
  if (client.closed) throw new Error(`closed with ${client.closed.code}`);
  return { client, positionMs: Number(position()?.position_ms) };
}

/** How much the server last said it has kept, milliseconds. */
function keptMs(client: ListenClient): number {
  return Number(client.events.findLast(({ type }) => type === 'audio_kept')?.position_ms ?? 0);
}

async function wordsOf(uid: string): Promise<string[]> {
  const { store } = server.context;
  const { items } = await store.query(conversations, uid, {
    query: 'recent',
    filters: { status: ['in_progress'] },
    limit: 9,
  });
  expect(items).toHaveLength(1);
  const [conversation] = items;
  if (!conversation) return [];
  const segments = await loadTranscript(store, uid, conversation);
  return segments.flatMap((segment) => segment.words.map((word) => word.text));
}

/** Connects, sends what the server lacks, and waits until it has it. */
async function sendRest(streamId: string): Promise<void> {
  const { client, positionMs } = await connect(streamId);
  for (const frame of FRAMES.slice(positionMs / FRAME_MS)) client.socket.send(frame);
  await client.until(() => keptMs(client) === FRAMES.length * FRAME_MS);
  await client.close();
}

describe('audio of a stream', () => {
  it('arrives once, whatever is sent again after a lost connection', async () => {
    const id = randomUUID();
    const cuts = [70, 71, 190, 330];
    for (const cut of cuts) {
      const { client, positionMs } = await connect(id);
      // Where the server says, not where the client stopped.
      const from = positionMs / FRAME_MS;
      for (const frame of FRAMES.slice(from, cut)) client.socket.send(frame);
      await client.until(() => keptMs(client) > positionMs);
      client.socket.terminate();
    }
    await sendRest(id);
    await expect.poll(() => wordsOf(server.uid)).toEqual(SPEECH.words.map((word) => word.text));
    await server.api('POST', '/v1/conversations');
  });

  it('arrives once over a restart of the server in the middle of a word', async () => {
    const id = randomUUID();
    const { client } = await connect(id);
    for (const frame of FRAMES.slice(0, 185)) client.socket.send(frame);
    await client.until(() => keptMs(client) === 185 * FRAME_MS);
    const { dataDir } = server;
    await server.stop({ keepData: true });
    server = await startTestServer(
      { DEEPGRAM_API_KEY: 'test-key', DEEPGRAM_BASE_URL: simulator.url },
      dataDir,
    );
    await expect
      .poll(() =>
        sendRest(id).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await expect.poll(() => wordsOf(server.uid)).toEqual(SPEECH.words.map((word) => word.text));
  });

  it('is refused a name that is none', async () => {
    for (const name of ['short', 'a'.repeat(101), '../../etc/passwd', 'with space in it']) {
      const query = { stream_id: name, codec: 'pcm16', sample_rate: '16000' };
      await expect(ListenClient.connect(server.wsUrl, server.token, query)).rejects.toThrow('403');
    }
  });

  it('ends with its conversation if the client has left', async () => {
    const { client } = await connect(randomUUID());
    for (const frame of FRAMES.slice(0, 150)) client.socket.send(frame);
    await client.until(() => keptMs(client) === 150 * FRAME_MS);
    client.socket.terminate();
    await server.api('POST', '/v1/conversations');
    await expect.poll(() => server.context.transcription.sessionCount).toBe(0);
    const { body } = await server.api('GET', '/v1/conversations?statuses=in_progress');
    expect(body).toEqual([]);
  });

  it('ends as soon as its client leaves after it has ended the conversation', async () => {
    const { client } = await connect(randomUUID());
    for (const frame of FRAMES.slice(0, 150)) client.socket.send(frame);
    await client.until(() => keptMs(client) === 150 * FRAME_MS);
    await server.api('POST', '/v1/conversations');
    expect(server.context.transcription.sessionCount).toBe(1);
    client.socket.terminate();
    await expect.poll(() => server.context.transcription.sessionCount).toBe(0);
    const { body } = await server.api('GET', '/v1/conversations?statuses=in_progress');
    expect(body).toEqual([]);
  });

  it('waits for its client if it has gone on after the end of a conversation', async () => {
    const id = randomUUID();
    const { client } = await connect(id);
    for (const frame of FRAMES.slice(0, 150)) client.socket.send(frame);
    await client.until(() => keptMs(client) === 150 * FRAME_MS);
    await server.api('POST', '/v1/conversations');
    for (const frame of FRAMES.slice(150)) client.socket.send(frame);
    await client.until(() => keptMs(client) === FRAMES.length * FRAME_MS);
    client.socket.terminate();
    // The session goes on: the client comes back to it without a word of overlap.
    const again = await connect(id);
    expect(again.positionMs).toBe(FRAMES.length * FRAME_MS);
    expect(server.context.transcription.sessionCount).toBe(1);
    await server.api('POST', '/v1/conversations');
    await again.client.close();
    await expect.poll(() => server.context.transcription.sessionCount).toBe(0);
  });

  it('has begun in the store once some of it is written, so that no log is looked for in vain', async () => {
    const { client } = await connect(randomUUID());
    const { store } = server.context;
    const begun = async () => {
      const { items } = await store.query(listenSessions, server.uid, {
        query: 'ofConversation',
        limit: 9,
      });
      return items.filter(({ state }) => state === 'open').map((s) => s.audioStartedAt !== null);
    };
    const [first] = FRAMES;
    // Half a sample.
    client.socket.send(first?.slice(0, 1) ?? '');
    const pong = new Promise((resolve) => client.socket.once('pong', resolve));
    client.socket.ping();
    await pong;
    expect(await begun()).toEqual([false]);
    client.socket.send(first?.slice(1) ?? '');
    await expect.poll(begun).toEqual([true]);
    await client.close();
    await server.api('POST', '/v1/conversations');
  });

  it('is counted for each user apart', async () => {
    const id = randomUUID();
    const first = await connect(id);
    for (const frame of FRAMES.slice(0, 50)) first.client.socket.send(frame);
    await first.client.until(() => keptMs(first.client) === 1_000);
    const stranger = await server.context.accounts.createUser('stranger');
    const { token } = await server.context.accounts.createToken(stranger.id, 'test');
    const other = await ListenClient.connect(server.wsUrl, token, {
      sample_rate: '16000',
      codec: 'pcm16',
      stream_id: id,
    });
    const position = () => other.events.find(({ type }) => type === 'audio_position');
    await other.until(() => position() !== undefined);
    expect(position()?.position_ms).toBe(0);
    await first.client.close();
    await other.close();
  });
});
